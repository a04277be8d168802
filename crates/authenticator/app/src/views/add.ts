// Adding an account: scan, enter by hand, or open the address on this phone.
import { button, field, h, live, paragraph, show, submit } from '../dom.ts'
import { importCode } from '../codes.ts'
import { read, type ForWallet, type Read } from '../enrolment.ts'
import { lock, type Account } from '../kept.ts'
import { turnOn, state, type Push } from '../push.ts'
import { scan as look } from '../scan.ts'
import { Refused, Unreachable, enrol } from '../service.ts'
import { word, type Key } from '../words.ts'
import { chooseLock } from './lock.ts'

interface Ways {
  /** Back to where the person came from. */
  home: () => unknown
  /** An account was added: it can be asked from now on. */
  added: (account: Account) => unknown
  /** It is for the wallet. */
  wallet: (what: ForWallet) => unknown
}

const choice = (key: Key, hint: Key, press: () => unknown) =>
  h(
    'button',
    { type: 'button', class: 'choice', click: () => void press() },
    h('strong', {}, word(key)),
    h('span', {}, word(hint)),
  )

export function add(ways: Ways): void {
  show({
    heading: 'add-heading',
    body: [
      paragraph('welcome-how'),
      choice('add-scan', 'add-scan-hint', () => scan(ways, () => add(ways))),
      choice('add-paste', 'add-paste-hint', () => paste(ways, () => add(ways))),
    ],
    back: ways.home,
  })
}

/** What was read leads on, or says why not. */
async function follow(what: Read, ways: Ways, wrong: (message: string) => void): Promise<void> {
  if (what === 'malformed') return wrong(word('paste-malformed'))
  if ('elsewhere' in what) return wrong(word('paste-elsewhere', { origin: what.elsewhere }))
  if ('token' in what) return confirm(what.token, ways)
  if ('offer' in what || 'request' in what) return ways.wallet(what) as void
  if (await importCode(what.otpauth)) return ways.home() as void
  wrong(word('import-malformed'))
}

/** `back`: to where the person came from. */
export async function scan(ways: Ways, back: () => unknown): Promise<void> {
  const stop = new AbortController()
  const video = h('video', { playsinline: true, muted: true, 'aria-label': word('scan-video') })
  const problem = h('p', { class: 'error', role: 'alert', hidden: true })
  const wrong = (message: string) => {
    problem.textContent = message
    problem.hidden = false
  }
  show(
    {
      heading: 'scan-heading',
      body: [paragraph('scan-text'), problem, h('div', { class: 'camera' }, video)],
      actions: [button('add-paste', () => paste(ways, back), 'secondary')],
      back,
    },
    () => stop.abort(),
  )
  const again = (text: string): void => {
    void follow(read(text), ways, (message) => {
      wrong(message)
      void look(video, again, stop.signal)
    })
  }
  const why = await look(video, again, stop.signal)
  if (why) wrong(word(why === 'denied' ? 'scan-denied' : 'scan-none'))
}

function paste(ways: Ways, back: () => unknown): void {
  const code = field('code', 'paste-label', 'paste-hint', { type: 'text', autocapitalize: 'none', spellcheck: 'false' })
  show({
    heading: 'paste-heading',
    body: [code.whole],
    actions: [submit('paste-continue')],
    submit: () => {
      if (!code.input.value.trim()) return code.wrong(word('paste-empty'))
      return follow(read(code.input.value), ways, code.wrong)
    },
    back,
  })
}

/** Whoever opens an address, perhaps one that somebody sent, is asked first. */
export function confirm(token: string, ways: Ways): void {
  const working = live({ class: 'working' })
  let busy = false
  const go = async () => {
    if (busy) return
    busy = true
    working.textContent = word('enrol-working')
    try {
      const account = await enrol(token)
      const next = () => added(account, ways)
      if (await lock()) next()
      else await chooseLock(next)
    } catch (why) {
      failed(why, token, ways)
    }
  }
  show({
    heading: 'enrol-heading',
    body: [paragraph('enrol-text'), working],
    actions: [button('enrol-yes', go), button('cancel', ways.home, 'secondary')],
  })
}

function failed(why: unknown, token: string, ways: Ways): void {
  const over = why instanceof Refused && why.code === 'enrol-over'
  const busy = why instanceof Refused && why.code === 'busy'
  const unreachable = why instanceof Unreachable
  show({
    heading: over ? 'enrol-over-heading' : busy ? 'busy-heading' : unreachable ? 'answer-offline-heading' : 'failed-heading',
    body: [paragraph(over ? 'enrol-over' : busy ? 'busy-text' : unreachable ? 'remove-offline' : 'failed-text')],
    actions: [
      over ? null : button('try-again', () => confirm(token, ways)),
      button('done', ways.home, over ? 'primary' : 'secondary'),
    ],
    mood: 'bad',
  })
}

function added(account: Account, ways: Ways): void {
  ways.added(account)
  const { user, organisation } = account
  show({
    heading: 'added-heading',
    body: [paragraph('added-text', { user, organisation }), paragraph('added-next')],
    actions: [
      state(account) === 'off' ? button('push-on', () => notify(account, ways.home), 'secondary') : null,
      button('done', ways.home),
    ],
    mood: 'good',
  })
}

const PUSH: Record<Push, Key> = {
  on: 'push-is-on',
  off: 'push-is-off',
  denied: 'push-denied',
  unsupported: 'push-unsupported',
  none: 'push-none',
  failed: 'push-failed',
}

/** Turning notifications on, and what became of it. */
export function notify(account: Account, done: () => unknown): void {
  const now = state(account)
  const said = live({})
  const on = button('push-on', async () => {
    on.disabled = true
    said.textContent = word('push-working')
    const became = await turnOn(account)
    said.textContent = word(PUSH[became])
    on.disabled = false
    on.hidden = became !== 'failed'
  })
  on.hidden = now !== 'off'
  if (now !== 'off') said.textContent = word(PUSH[now])
  show({
    heading: 'push-heading',
    body: [paragraph('push-text'), said],
    actions: [on, button('done', done, 'secondary')],
    back: done,
  })
}
