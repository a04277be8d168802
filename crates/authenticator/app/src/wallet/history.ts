// What happened in the wallet: what, when, and with whom. It is kept on the phone, sealed like all else.
import { database, seal, unseal } from '../kept.ts'
import { nowSeconds } from './clock.ts'

export type What = 'received' | 'not-added' | 'shown' | 'declined' | 'deleted'

export interface Happened {
  what: What
  /** Milliseconds. */
  at: number
  /** The name of who issued it, or asked for it. */
  who: string
  credentials: string[]
}

/** Older ones make room. */
const MOST = 500

export async function note(what: What, who: string, credentials: string[]): Promise<void> {
  const sealed = await seal(JSON.stringify({ what, at: nowSeconds() * 1000, who, credentials } satisfies Happened))
  const write = (await database()).transaction('history', 'readwrite')
  await write.store.add({ sealed })
  const keys = await write.store.getAllKeys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => write.store.delete(key)))
  await write.done
}

/** The newest first. */
export async function history(): Promise<Happened[]> {
  const all = await (await database()).getAll('history')
  return (await Promise.all(all.map(async ({ sealed }) => JSON.parse(await unseal(sealed)) as Happened))).reverse()
}
