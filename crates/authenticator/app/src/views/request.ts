// "Are you trying to sign in?": what is asked, the number, yes or no; and what became of it.
import { button, field, h, paragraph, row, show, submit } from '../dom.ts'
import type { Account } from '../kept.ts'
import { Refused, Unreachable, answer, nowAtOnce, type Request } from '../service.ts'
import { clockTime, word, type Key } from '../words.ts'

const WHAT: Record<Request['what_for'], Key> = {
  'sign-in': 'what-sign-in',
  confirm: 'what-confirm',
  reset: 'what-reset',
  unlock: 'what-unlock',
  'set-up': 'what-set-up',
}

/** Ends the view of a request that was answered elsewhere, or ended by a newer one; none while none is shown. */
let elsewhere: ((open: Set<string>) => void) | undefined

export const stillOpen = (open: Set<string>) => elsewhere?.(open)

export function askPerson(account: Account, request: Request, done: () => unknown): void {
  const number = field('number', 'request-number', 'request-number-hint', {
    type: 'text',
    inputmode: 'numeric',
    pattern: '[0-9]*',
    maxlength: '2',
    class: 'number',
  })
  const left = h('p', { class: 'left', role: 'timer' })
  const sending = h('p', { class: 'visually-hidden', role: 'status' })
  let busy = false
  const send = async (digits: string | null) => {
    if (busy) return
    busy = true
    sending.textContent = word('request-sending')
    try {
      const { result } = await answer(account, request, digits)
      end(result === 'approved' ? 'approved' : 'refused', done)
    } catch (why) {
      if (why instanceof Unreachable) return unsent(account, request, done)
      const code = why instanceof Refused ? why.code : ''
      end(code === 'wrong-number' ? 'wrong' : code === 'over' || code === 'unknown-device' ? 'over' : BUSY.includes(code) ? 'busy' : 'failed', done)
    }
  }
  const yes = () => {
    const digits = number.input.value.replaceAll(/\D/g, '')
    if (digits.length !== 2) return number.wrong(word('request-number-empty'))
    return send(digits)
  }
  const count = () => {
    const seconds = Math.max(0, Math.ceil(request.expires_at - nowAtOnce() / 1000))
    left.textContent = word('request-left', { minutes: Math.floor(seconds / 60), seconds: String(seconds % 60).padStart(2, '0') })
    if (seconds === 0 && !busy) end('over', done)
  }
  const clock = setInterval(count, 1_000)
  const since = Date.now()
  elsewhere = (open) => {
    if (!busy && !open.has(request.id) && Date.now() - since > 3_000) end('over', done)
  }
  show(
    {
      heading: 'request-heading',
      body: [
        h(
          'dl',
          {},
          row('request-organisation', request.organisation),
          row('request-what', word(WHAT[request.what_for] ?? 'what-sign-in')),
          row('request-browser', request.browser),
          row('request-network', request.network),
          row('request-when', clockTime(request.asked_at)),
        ),
        number.whole,
        left,
        sending,
      ],
      actions: [submit('request-yes'), button('request-no', () => send(null), 'danger')],
      pair: true,
      submit: yes,
    },
    () => {
      clearInterval(clock)
      elsewhere = undefined
    },
  )
  count()
}

/** It passes by itself. */
const BUSY = ['busy', 'too-many', 'paused']

type End = 'approved' | 'refused' | 'wrong' | 'over' | 'busy' | 'failed'

const MOODS: Record<End, 'good' | 'bad'> = {
  approved: 'good',
  refused: 'bad',
  wrong: 'bad',
  over: 'bad',
  busy: 'bad',
  failed: 'bad',
}

function end(how: End, done: () => unknown): void {
  show({
    heading: `${how}-heading`,
    body: [
      paragraph(`${how}-text`),
      how === 'refused' && h('p', {}, h('a', { href: '/home', target: '_blank', rel: 'noopener' }, word('refused-password'))),
    ],
    actions: [button('done', done)],
    mood: MOODS[how],
  })
}

function unsent(account: Account, request: Request, done: () => unknown): void {
  show({
    heading: 'answer-offline-heading',
    body: [paragraph('answer-offline')],
    actions: [button('try-again', () => askPerson(account, request, done)), button('cancel', done, 'secondary')],
    mood: 'bad',
  })
}
