// Notifications: a way to be told at once, and never one to wait for.
import { keepAccount, type Account } from './kept.ts'
import { push } from './service.ts'

export type Push = 'on' | 'off' | 'denied' | 'unsupported' | 'failed'

/** Some browsers never say whether they can subscribe. */
const PATIENCE_MS = 10_000

const inTime = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([promise, new Promise<never>((_, fail) => setTimeout(() => fail(new Error('too late')), PATIENCE_MS))])

const able = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

export function state(account: Account): Push {
  if (!account.vapid || !able()) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  return account.push && Notification.permission === 'granted' ? 'on' : 'off'
}

/** Asks the person, the browser and the service, each of which may say no. */
export async function turnOn(account: Account): Promise<Push> {
  if (!account.vapid || !able()) return 'unsupported'
  try {
    if ((await Notification.requestPermission()) !== 'granted') return 'denied'
    const worker = await inTime(navigator.serviceWorker.ready)
    const subscription = await inTime(
      worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: account.vapid }),
    )
    await push(account, subscription.toJSON())
    account.push = true
    await keepAccount(account)
    return 'on'
  } catch {
    return 'failed'
  }
}
