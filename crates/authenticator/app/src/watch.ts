// Listens for what the accounts are asked, while the app is seen.
import type { Account } from './kept.ts'
import { Refused, Unreachable, requests, type Request } from './service.ts'

export interface Heard {
  asked(account: Account, request: Request): void
  /** Everything that the account is asked just now: what is not among it was answered elsewhere, or is over. */
  open(account: Account, requests: Request[]): void
  /** How the line to the service is. */
  line(state: Line): void
  /** The service does not know this phone any more. */
  gone(account: Account): void
}

export type Line = { kind: 'well' } | { kind: 'unreachable' } | { kind: 'paused'; until: number }

const WAIT_S = 20
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

const sleep = (ms: number, stop: AbortSignal) =>
  new Promise<void>((wake) => {
    const timer = setTimeout(wake, ms)
    stop.addEventListener('abort', () => (clearTimeout(timer), wake()), { once: true })
  })

/** Listens for one account until `stop`. */
export async function watch(account: Account, heard: Heard, stop: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE_MS
  // The first answer comes at once, so that the line is known.
  let wait = 0
  while (!stop.aborted) {
    try {
      const answer = await requests(account, wait, stop)
      if (stop.aborted) return
      pause = FIRST_PAUSE_MS
      wait = WAIT_S
      heard.line(answer.paused_until === null ? { kind: 'well' } : { kind: 'paused', until: answer.paused_until })
      heard.open(account, answer.requests)
      for (const request of answer.requests) heard.asked(account, request)
      // What is waiting is answered at once, again and again, until the person has answered.
      if (answer.requests.length > 0) await sleep(2_000, stop)
    } catch (why) {
      if (stop.aborted) return
      if (why instanceof Refused && why.code === 'unknown-device') return heard.gone(account)
      if (why instanceof Unreachable || why instanceof Refused) heard.line({ kind: 'unreachable' })
      wait = 0
      await sleep(pause, stop)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }
}
