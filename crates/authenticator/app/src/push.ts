// Notifications: a way to be told at once, and never one to wait for.
import { accounts, keepAccount, type Account } from './kept.ts'
import { push } from './service.ts'

export type Push = 'on' | 'off' | 'denied' | 'unsupported' | 'none' | 'failed'

/** Some browsers never say whether they can subscribe. */
const PATIENCE_MS = 10_000

const inTime = <T>(promise: Promise<T>): Promise<T> =>
  Promise.race([promise, new Promise<never>((_, fail) => setTimeout(() => fail(new Error('too late')), PATIENCE_MS))])

const able = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

export function state(account: Account): Push {
  if (!account.vapid) return 'none'
  if (!able()) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  return account.push && Notification.permission === 'granted' ? 'on' : 'off'
}

/** Asks the person, the browser and the service, each of which may say no. */
export async function turnOn(account: Account): Promise<Push> {
  if (!account.vapid) return 'none'
  if (!able()) return 'unsupported'
  try {
    if ((await Notification.requestPermission()) !== 'granted') return 'denied'
    // All accounts are of this one service, and share what the browser gives.
    for (const each of await accounts()) await subscribe(each)
    account.push = true
    return 'on'
  } catch {
    return 'failed'
  }
}

async function subscribe(account: Account): Promise<void> {
  const worker = await inTime(navigator.serviceWorker.ready)
  const options = { userVisibleOnly: true, applicationServerKey: account.vapid }
  await push(account, (await inTime(worker.pushManager.subscribe(options))).toJSON())
  await keepAccount({ ...account, push: true })
}

/** Browsers end subscriptions and begin new ones as they like: the service is told at each opening. */
export async function renew(): Promise<void> {
  for (const account of await accounts()) {
    if (state(account) === 'on') await subscribe(account).catch(() => undefined)
  }
}
