// What the app keeps on the phone: accounts with their keys, codes of other services, credentials, and how it is locked.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'

/** A text that only this phone can read. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  data: ArrayBuffer
}

export interface Account {
  /** The id by which the service knows this phone. */
  device: string
  organisation: string
  user: string
  /** It signs, and can be read by nobody. */
  key: CryptoKey
  /** The otpauth address of its codes. */
  otp: Sealed
  /** The key of the service that pushes are sent by; none where it sends none. */
  vapid: string | null
  push: boolean
}

export interface Code {
  id: string
  label: string
  issuer: string
  otp: Sealed
}

export interface Lock {
  kind: 'pin' | 'passkey'
  salt?: Uint8Array<ArrayBuffer>
  hash?: Uint8Array<ArrayBuffer>
  credential?: Uint8Array<ArrayBuffer>
  /** Wrong PINs since the last right one. */
  wrong: number
  /** No PIN is looked at before, milliseconds. */
  waitUntil: number
}

/** A credential in the wallet: what it says is sealed, and the keys beside it can be read by nobody. */
export interface KeptCredential {
  id: string
  /** It was issued for this key, which signs whenever it is shown. */
  key: CryptoKey
  /** The key that the access token is bound to with which its issuer can be told what became of it. */
  dpop: CryptoKey | null
  sealed: Sealed
}

/** Something that happened in the wallet. */
export interface KeptEvent {
  id?: number
  sealed: Sealed
}

interface Schema extends DBSchema {
  accounts: { key: string; value: Account }
  codes: { key: string; value: Code }
  settings: { key: string; value: unknown }
  credentials: { key: string; value: KeptCredential }
  history: { key: number; value: KeptEvent }
  /** Requests that were answered, by a hash, and when, milliseconds. */
  answered: { key: string; value: number }
}

const STORES = ['accounts', 'codes', 'settings', 'credentials', 'history', 'answered'] as const

let opened: Promise<IDBPDatabase<Schema>> | undefined

export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('fobwatch-authenticator', 2, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('accounts', { keyPath: 'device' })
        db.createObjectStore('codes', { keyPath: 'id' })
        db.createObjectStore('settings')
      }
      db.createObjectStore('credentials', { keyPath: 'id' })
      db.createObjectStore('history', { keyPath: 'id', autoIncrement: true })
      db.createObjectStore('answered')
    },
    // A newer release in another window is not held up by this one.
    blocking(_, __, event) {
      ;(event.target as IDBDatabase).close()
      opened = undefined
    },
  })
  return opened
}

export const accounts = async () => (await database()).getAll('accounts')
export const keepAccount = async (account: Account) => (await database()).put('accounts', account)
export const forgetAccount = async (device: string) => (await database()).delete('accounts', device)
export const codes = async () => (await database()).getAll('codes')
export const keepCode = async (code: Code) => (await database()).put('codes', code)
export const forgetCode = async (id: string) => (await database()).delete('codes', id)
export const credentialCount = async () => (await database()).count('credentials')
export const lock = async () => (await (await database()).get('settings', 'lock')) as Lock | undefined
export const keepLock = async (kept: Lock) => (await database()).put('settings', kept, 'lock')
export const clockOffset = async () => ((await (await database()).get('settings', 'clock-offset')) as number | undefined) ?? 0
export const keepClockOffset = async (ms: number) => (await database()).put('settings', ms, 'clock-offset')

export async function forgetEverything(): Promise<void> {
  const all = (await database()).transaction(STORES, 'readwrite')
  await Promise.all([...STORES.map((store) => all.objectStore(store).clear()), all.done])
}

/** The key that seals what is kept. It is made once, and nobody can take it off this phone. */
async function sealingKey(): Promise<CryptoKey> {
  const db = await database()
  const known = (await db.get('settings', 'sealing-key')) as CryptoKey | undefined
  if (known) return known
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const write = db.transaction('settings', 'readwrite')
  // Another window may have been faster.
  const faster = (await write.store.get('sealing-key')) as CryptoKey | undefined
  if (!faster) await write.store.put(made, 'sealing-key')
  await write.done
  return faster ?? made
}

export async function seal(text: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await sealingKey(), new TextEncoder().encode(text))
  return { iv, data }
}

export async function unseal({ iv, data }: Sealed): Promise<string> {
  return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await sealingKey(), data))
}
