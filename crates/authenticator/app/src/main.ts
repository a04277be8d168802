// The app, from opening to closing: it is locked, adds accounts, waits, asks "Are you trying to sign in?", and leads to the wallet.
import { button, paragraph, show } from './dom.ts'
import { accounts, credentialCount, forgetAccount, lock, type Account } from './kept.ts'
import { read, type ForWallet } from './enrolment.ts'
import type { Request } from './service.ts'
import { renew } from './push.ts'
import { watch, type Heard, type Line } from './watch.ts'
import { add, confirm, scan } from './views/add.ts'
import { home as showHome } from './views/home.ts'
import { chooseLock, tellOfRequest, unlock } from './views/lock.ts'
import { askPerson, stillOpen } from './views/request.ts'
import { about, settings } from './views/settings.ts'
import type { WalletWays } from './wallet/index.ts'

/** The app locks itself after it was out of sight for so long. */
const LOCK_AFTER_MS = 60_000

let locked = true
/** What cannot be interrupted by a request: adding an account, choosing a lock, answering another request. */
let busy = false
let line: Line = { kind: 'well' }
let hiddenSince: number | null = null

/** Requests that were not shown yet, and all that were: one is shown once. */
const waiting = new Map<string, [Account, Request]>()
const seen = new Set<string>()

/** The device whose request is on the screen. */
let answering = ''

const watched = new Map<string, AbortController>()

const heard: Heard = {
  asked(account, request) {
    if (seen.has(request.id)) return
    seen.add(request.id)
    waiting.set(request.id, [account, request])
    if (locked) tellOfRequest()
    else if (!busy) next()
  },
  open(account, requests) {
    const open = new Set(requests.map(({ id }) => id))
    for (const [id, [of]] of waiting) if (of.device === account.device && !open.has(id)) waiting.delete(id)
    if (account.device === answering) stillOpen(open)
  },
  line(state) {
    line = state
  },
  async gone(account) {
    watched.delete(account.device)
    await forgetAccount(account.device)
    const { user, organisation } = account
    if (locked) return
    busy = true
    show({
      heading: 'gone-heading',
      body: [paragraph('gone-text', { user, organisation })],
      actions: [button('done', home)],
      mood: 'bad',
    })
  },
}

function listen(account: Account): void {
  if (document.hidden || watched.has(account.device)) return
  const stop = new AbortController()
  watched.set(account.device, stop)
  void watch(account, heard, stop.signal)
}

function listenToNobody(): void {
  for (const stop of watched.values()) stop.abort()
  watched.clear()
}

async function listenToAll(): Promise<void> {
  for (const account of await accounts()) listen(account)
}

/** The next request, or home. */
function next(): void {
  const [first] = waiting.values()
  if (!first) return home()
  const [account, request] = first
  waiting.delete(request.id)
  if (request.expires_at * 1000 <= Date.now() - 5 * 60_000) return next()
  busy = true
  answering = account.device
  askPerson(account, request, next)
}

function home(): void {
  busy = false
  errand += 1
  resume = null
  if (waiting.size > 0) return next()
  void showHome({
    add: () => {
      busy = true
      add(ways)
    },
    scan: () => {
      busy = true
      return scan(ways, home)
    },
    wallet: () => inWallet((wallet) => wallet.list(walletWays)),
    settings: () => settings({ home, removed: ({ device }) => watched.get(device)?.abort() }),
    about: () => about(home),
    line: () => line,
    wanted: () => !busy && !locked,
  })
}

/** What the wallet is doing; a later errand takes its place, and so does home. */
let errand = 0
/** Where it stands: whoever looks up the code of a text message meanwhile finds the app locked, and goes on there. */
let resume: (() => unknown) | null = null

const walletWays: WalletWays = {
  home,
  begin() {
    const mine = ++errand
    busy = true
    return {
      lead(step) {
        if (mine !== errand) return
        resume = step
        if (!locked) step()
      },
    }
  },
  browse() {
    errand += 1
    resume = null
    busy = false
    return !locked
  },
  scan: () => {
    busy = true
    return scan(ways, home)
  },
}

/** The wallet is fetched when it is wanted first: whoever only approves sign-ins never waits for it. */
async function inWallet(lead: (wallet: typeof import('./wallet/index.ts')) => unknown): Promise<void> {
  busy = true
  let wallet: typeof import('./wallet/index.ts')
  try {
    wallet = await import('./wallet/index.ts')
  } catch {
    show({
      heading: 'wallet-offline-heading',
      body: [paragraph('wallet-offline')],
      actions: [button('try-again', () => inWallet(lead)), button('done', home, 'secondary')],
      mood: 'bad',
    })
    return
  }
  if (!locked) await lead(wallet)
}

/** `here`: it was opened on this phone itself, and leads back to the page that it came from. */
function toWallet(what: ForWallet, here = false): Promise<void> {
  return inWallet((wallet) =>
    'offer' in what ? wallet.offered(what.offer, walletWays) : wallet.asked(what.request, here, walletWays),
  )
}

const ways = {
  home,
  wallet: (what: ForWallet) => toWallet(what),
  added(account: Account) {
    // The request to try it out may come over this view.
    busy = false
    listen(account)
  },
}

async function lockedView(): Promise<void> {
  locked = true
  // What was being answered is shown again afterwards.
  seen.clear()
  await unlock(async () => {
    // Whoever closed the app before choosing a lock chooses now.
    if ((await accounts()).length + (await credentialCount()) > 0 && !(await lock())) return chooseLock(open)
    open()
  }, waiting.size > 0)
}

function open(): void {
  locked = false
  void listenToAll()
  follow()
}

/** Where the address leads: to an account to add, to the wallet, or home. */
function follow(): void {
  const said = new URLSearchParams(location.hash.slice(1))
  const token = said.get('enrol')
  // The code works once, and is nobody else's business: it does not stay in the address.
  if (location.hash) history.replaceState(null, '', location.pathname)
  const here = said.get('wallet')
  const what = read(here ?? said.get('scanned') ?? '')
  if (what !== 'malformed' && ('offer' in what || 'request' in what)) return void toWallet(what, here !== null)
  if (!token) return resume ? void resume() : next()
  busy = true
  confirm(token, ways)
}

document.addEventListener('visibilitychange', async () => {
  if (document.hidden) {
    hiddenSince = Date.now()
    listenToNobody()
    return
  }
  const long = hiddenSince !== null && Date.now() - hiddenSince >= LOCK_AFTER_MS
  hiddenSince = null
  await listenToAll()
  if (long && !locked && (await lock())) await lockedView()
})

addEventListener('hashchange', () => {
  if (!locked) follow()
})

async function start(): Promise<void> {
  if ('serviceWorker' in navigator) {
    const trusted = window.trustedTypes?.createPolicy('authenticator', { createScriptURL: (url: string) => url })
    const address = '/authenticator/sw.js'
    navigator.serviceWorker
      .register((trusted?.createScriptURL(address) ?? address) as string, { scope: '/authenticator' })
      .catch(() => undefined)
  }
  // Asked for while locked, too, so that the person is told that a request waits.
  await listenToAll()
  await lockedView()
  await renew()
}

void start()

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } }
  }
}
