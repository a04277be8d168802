// What the app shows at rest: accounts with their codes, the way to the wallet, and how the line to the service is.
import { button, h, live, paragraph, show } from '../dom.ts'
import { generator, type Shown } from '../codes.ts'
import { accounts, codes, credentialCount, type Sealed } from '../kept.ts'
import type { Line } from '../watch.ts'
import { clockTime, word } from '../words.ts'

interface Ways {
  add: () => unknown
  scan: () => unknown
  wallet: () => unknown
  settings: () => unknown
  about: () => unknown
  line: () => Line
  /** Whether home is still to be shown: while the accounts are read, a request may take the screen. */
  wanted: () => boolean
}

export function welcome(ways: Ways): void {
  show({
    heading: 'welcome-heading',
    body: [paragraph('welcome-text'), paragraph('welcome-wallet'), paragraph('welcome-how')],
    actions: [
      button('welcome-add', ways.add),
      button('home-scan', ways.scan, 'secondary'),
      button('welcome-about', ways.about, 'plain'),
    ],
  })
}

interface Card {
  whole: HTMLElement
  tick: () => void
}

async function card(name: string, detail: string, otp: Sealed): Promise<Card> {
  const generate = await generator(otp)
  const code = h('output', { class: 'code' })
  const left = h('progress', { max: '30', 'aria-hidden': 'true' })
  const seconds = h('span', { class: 'hint' })
  const copied = live({ class: 'hint' })
  let shown: Shown
  const copy = h(
    'button',
    {
      type: 'button',
      class: 'copy',
      'aria-label': `${word('home-copy')}: ${name}`,
      click: async () => {
        await navigator.clipboard.writeText(shown.code.replace(' ', '')).catch(() => undefined)
        copied.textContent = word('home-copied')
      },
    },
    word('home-copy'),
  )
  const tick = () => {
    shown = generate()
    if (code.textContent !== shown.code) code.textContent = shown.code
    seconds.textContent = word('home-code-left', { seconds: shown.left })
    left.value = shown.left
  }
  tick()
  const whole = h(
    'li',
    { class: 'card' },
    h('h2', {}, name),
    h('p', { class: 'hint' }, detail),
    h('div', { class: 'row' }, code, copy),
    left,
    h('div', { class: 'row' }, seconds, copied),
  )
  return { whole, tick }
}

function words(line: Line, any: boolean): string {
  if (!any) return ''
  if (!navigator.onLine) return word('home-offline')
  if (line.kind === 'unreachable') return word('home-unreachable')
  if (line.kind === 'paused') return word('home-paused', { time: clockTime(line.until) })
  return word('home-waiting')
}

const wallet = (held: number, open: () => unknown) =>
  h(
    'button',
    { type: 'button', class: 'choice', click: () => void open() },
    h('strong', {}, word('home-wallet')),
    h('span', {}, word(held === 0 ? 'home-wallet-empty' : held === 1 ? 'home-wallet-one' : 'home-wallet-some', { count: held })),
  )

export async function home(ways: Ways): Promise<void> {
  const [ours, theirs, held] = [await accounts(), await codes(), await credentialCount()]
  if (ours.length + theirs.length + held === 0) return ways.wanted() ? welcome(ways) : undefined
  const cards = await Promise.all([
    ...ours.map(({ organisation, user, otp }) => card(organisation, user, otp)),
    ...theirs.map(({ issuer, label, otp }) => card(issuer || label, issuer ? label : '', otp)),
  ])
  if (!ways.wanted()) return
  const status = live({ class: 'line' })
  const tick = () => {
    for (const each of cards) each.tick()
    const said = words(ways.line(), ours.length > 0)
    if (status.textContent !== said) status.textContent = said
  }
  const clock = setInterval(tick, 1_000)
  show(
    {
      heading: 'home-heading',
      body: [status, h('ul', { class: 'cards' }, ...cards.map(({ whole }) => whole)), wallet(held, ways.wallet)],
      actions: [
        button('home-scan', ways.scan),
        button('home-add', ways.add, 'secondary'),
        button('home-settings', ways.settings, 'secondary'),
      ],
      pair: true,
    },
    () => clearInterval(clock),
  )
  tick()
}
