// Choosing how the app is locked, and unlocking it.
import { button, field, h, live, paragraph, show, submit } from '../dom.ts'
import { accounts, forgetEverything, lock, type Lock } from '../kept.ts'
import { PIN, askThePhone, canAskThePhone, isSimple, lockByPasskey, lockByPin, tryPin } from '../lock.ts'
import { leave } from '../service.ts'
import { word } from '../words.ts'

const DIGITS = { type: 'password', inputmode: 'numeric', maxlength: '6', class: 'digits' }

export async function chooseLock(done: () => unknown, back?: () => unknown): Promise<void> {
  if (!(await canAskThePhone())) return choosePin(done, back)
  const failed = h('p', { class: 'error', role: 'alert', hidden: true }, word('passkey-failed'))
  const passkey = async () => {
    failed.hidden = true
    if (await lockByPasskey(word('app'))) return done()
    failed.hidden = false
  }
  show({
    heading: 'lock-heading',
    body: [paragraph('lock-text'), failed],
    actions: [button('lock-passkey', passkey), button('lock-pin', () => choosePin(done, () => chooseLock(done, back)), 'secondary')],
    back,
  })
}

function choosePin(done: () => unknown, back?: () => unknown): void {
  const pin = field('pin', 'pin-label', 'pin-hint', { ...DIGITS, autocomplete: 'new-password' })
  const again = field('again', 'pin-again', null, { ...DIGITS, autocomplete: 'new-password' })
  const save = async () => {
    if (!PIN.test(pin.input.value)) return pin.wrong(word('pin-malformed'))
    if (isSimple(pin.input.value)) return pin.wrong(word('pin-simple'))
    if (again.input.value !== pin.input.value) return again.wrong(word('pin-differs'))
    await lockByPin(pin.input.value)
    done()
  }
  show({
    heading: 'pin-heading',
    body: [paragraph('lock-text'), pin.whole, again.whole],
    actions: [submit('pin-save')],
    submit: save,
    back,
  })
}

/** `waiting`: a request came meanwhile. */
export async function unlock(done: () => unknown, waiting: boolean): Promise<void> {
  const kept = await lock()
  if (!kept) return done() as void
  if (kept.kind === 'passkey') unlockByPhone(kept, done, waiting)
  else unlockByPin(done, waiting)
}

let news: HTMLElement | undefined

/** A request came while the app is locked. */
export function tellOfRequest(): void {
  if (news) news.textContent = word('locked-request')
}

function newsLine(waiting: boolean): HTMLElement {
  news = live({ class: 'news' })
  if (waiting) tellOfRequest()
  return news
}

function unlockByPhone(kept: Lock, done: () => unknown, waiting: boolean): void {
  const failed = h('p', { class: 'error', role: 'alert', hidden: true }, word('unlock-failed'))
  const ask = async () => {
    failed.hidden = true
    if (await askThePhone(kept)) return done()
    failed.hidden = false
  }
  show({
    heading: 'locked-heading',
    body: [newsLine(waiting), failed],
    actions: [button('unlock', ask), button('pin-forgotten', () => startAgain(done), 'plain')],
  })
}

function unlockByPin(done: () => unknown, waiting: boolean): void {
  const pin = field('pin', 'pin-label', null, { ...DIGITS, autocomplete: 'current-password' })
  let busy = false
  const look = async () => {
    if (busy) return
    if (!PIN.test(pin.input.value)) return pin.wrong(word('pin-malformed'))
    busy = true
    const tried = await tryPin(pin.input.value)
    busy = false
    if (tried === 'right') return done()
    pin.input.value = ''
    pin.wrong(tried === 'wrong' ? word('pin-wrong') : word('pin-wait', { seconds: Math.ceil(tried.waitMs / 1000) }))
  }
  show({
    heading: 'locked-heading',
    body: [newsLine(waiting), pin.whole],
    actions: [submit('unlock'), button('pin-forgotten', () => startAgain(done), 'plain')],
    submit: look,
  })
  pin.input.focus()
}

function startAgain(done: () => unknown): void {
  const remove = async () => {
    // The service is told if it can be; without it the account is gone from here all the same.
    await Promise.allSettled((await accounts()).map(leave))
    await forgetEverything()
    done()
  }
  show({
    heading: 'reset-heading',
    body: [paragraph('reset-text')],
    actions: [button('reset-yes', remove, 'danger'), button('cancel', () => unlock(done, false), 'secondary')],
  })
}
