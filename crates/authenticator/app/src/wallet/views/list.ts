// What is in the wallet: all credentials, one with everything that it says, deleting it, and what happened.
import { button, h, paragraph, row, show } from '../../dom.ts'
import { word, type Key } from '../../words.ts'
import { detail, said, title } from '../display.ts'
import { credentials, forget, type Credential } from '../held.ts'
import { history, note, type What } from '../history.ts'
import { claimsOf, isAccessKey, type Claims } from '../sd-jwt.ts'
import { look, type Standing } from '../status.ts'
import { report } from '../tell.ts'
import type { WalletWays } from '../ways.ts'
import { day, lines, moment } from './said.ts'

const STANDINGS: Record<Exclude<Standing, 'good'>, [Key, Key]> = {
  revoked: ['standing-revoked', 'standing-revoked-text'],
  expired: ['standing-expired', 'standing-expired-text'],
  suspended: ['standing-suspended', 'standing-suspended-text'],
  unknown: ['standing-unknown', 'standing-unknown-text'],
}

const validUntil = ({ exp }: Claims) => (typeof exp === 'number' ? day(exp * 1000) : null)

/** How it stands, or until when it is valid. */
function standing(credential: Credential, claims: Claims): string {
  if (credential.standing !== 'good') return word(STANDINGS[credential.standing][0])
  const until = validUntil(claims)
  return until ? word('credential-until', { day: until }) : ''
}

function card(credential: Credential, claims: Claims, open: () => unknown): HTMLElement {
  const { name, issuerName, background, ink, logo } = credential.look
  const about = detail(credential.look, claims)
  const over = ['revoked', 'expired'].includes(credential.standing)
  const head = h(
    'span',
    { class: 'credential-head' },
    logo && !over && h('img', { src: logo, alt: '', class: 'logo' }),
    h('span', {}, h('strong', {}, name), about && h('span', {}, about)),
  )
  if (background && !over) {
    head.style.backgroundColor = background
    head.style.color = ink ?? ''
  }
  return h(
    'li',
    {},
    h(
      'button',
      { type: 'button', class: over ? 'credential over' : 'credential', click: () => void open() },
      head,
      h('span', { class: 'credential-foot' }, h('span', {}, issuerName), h('span', { class: 'standing' }, standing(credential, claims))),
    ),
  )
}

const read = async () =>
  Promise.all((await credentials()).map(async (credential) => ({ credential, claims: await claimsOf(credential.sdJwt) })))

export async function list(ways: WalletWays): Promise<void> {
  const held = await read()
  if (!ways.browse()) return
  let left = false
  const cards = () => held.map(({ credential, claims }) => card(credential, claims, () => one(credential, claims, ways)))
  const all = h('ul', { class: 'cards' }, ...cards())
  show(
    {
      heading: 'wallet-heading',
      body: [held.length === 0 && paragraph('wallet-empty'), all],
      actions: [button('home-scan', ways.scan), button('wallet-history', () => happened(ways), 'secondary')],
      back: ways.home,
    },
    () => {
      left = true
    },
  )
  const before = held.map(({ credential }) => credential.standing).join()
  await look(held.map(({ credential }) => credential))
  if (left || held.map(({ credential }) => credential.standing).join() === before) return
  const focused = [...all.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement)
  all.replaceChildren(...cards())
  if (focused >= 0) all.querySelectorAll('button')[focused]?.focus()
}

function one(credential: Credential, claims: Claims, ways: WalletWays): void {
  if (!ways.browse()) return
  const { standing: how } = credential
  const until = validUntil(claims)
  show({
    heading: 'credential-heading',
    values: { name: title(credential.look, claims) },
    body: [
      how !== 'good' && h('p', { class: how === 'unknown' ? 'line' : 'news' }, word(STANDINGS[how][1])),
      lines(said(credential.look, claims)),
      h(
        'dl',
        {},
        row('offer-issuer', credential.look.issuerName),
        row('offer-host', new URL(credential.issuer).host),
        row('credential-added', moment(credential.addedAt)),
        until && row('credential-valid', until),
      ),
    ],
    actions: [button('credential-delete', () => deleting(credential, claims, ways), 'danger')],
    back: () => list(ways),
  })
}

function deleting(credential: Credential, claims: Claims, ways: WalletWays): void {
  const { issuerName } = credential.look
  const name = title(credential.look, claims)
  const back = () => one(credential, claims, ways)
  const remove = async () => {
    await forget(credential.id)
    await note('deleted', issuerName, [name])
    void report(credential, 'credential_deleted')
    await list(ways)
  }
  show({
    heading: 'delete-heading',
    values: { name },
    body: [
      h('p', {}, word('delete-text', { name, issuer: issuerName })),
      isAccessKey(claims) && paragraph('delete-access-key'),
    ],
    actions: [button('delete-yes', remove, 'danger'), button('cancel', back, 'secondary')],
    back,
  })
}

const WHATS: Record<What, Key> = {
  received: 'history-received',
  'not-added': 'history-not-added',
  shown: 'history-shown',
  declined: 'history-declined',
  deleted: 'history-deleted',
}

async function happened(ways: WalletWays): Promise<void> {
  const events = await history()
  if (!ways.browse()) return
  show({
    heading: 'history-heading',
    body: [
      paragraph(events.length === 0 ? 'history-empty' : 'history-text'),
      h(
        'ol',
        { class: 'history' },
        ...events.map(({ what, at, who, credentials: names }) =>
          h('li', {}, h('strong', {}, word(WHATS[what], { who })), h('span', {}, names.join(', ')), h('span', { class: 'hint' }, moment(at))),
        ),
      ),
    ],
    actions: [button('done', () => list(ways), 'secondary')],
    back: () => list(ways),
  })
}
