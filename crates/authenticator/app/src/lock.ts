// The lock of the app: a PIN, or what unlocks the phone. It keeps whoever holds the phone from saying yes; the service does not
// rely on it.
import { keepLock, lock, type Lock } from './kept.ts'

/** As many rounds as OWASP asks of PBKDF2 with SHA-256. */
const ROUNDS = 600_000
/** So many wrong PINs are free; every further one doubles the pause. */
const FREE = 4
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 60 * 60_000

export const PIN = /^\d{6}$/

/** One digit over and over, or all in a row. */
export function isSimple(pin: string): boolean {
  return /^(\d)\1+$/.test(pin) || '01234567890'.includes(pin) || '09876543210'.includes(pin) || /^(\d\d)\1\1$/.test(pin)
}

async function hashed(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, key, 256)
  return new Uint8Array(bits)
}

export async function lockByPin(pin: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  await keepLock({ kind: 'pin', salt, hash: await hashed(pin, salt), wrong: 0, waitUntil: 0 })
}

export type Tried = 'right' | 'wrong' | { waitMs: number }

/** A try is counted before it is looked at: closing the app in between gives none away. */
export async function tryPin(pin: string): Promise<Tried> {
  const kept = await lock()
  if (!kept?.salt || !kept.hash) return 'wrong'
  const waitMs = kept.waitUntil - Date.now()
  // Whoever turns the clock of the phone back waits no longer than the longest pause.
  if (waitMs > 0 && waitMs <= LONGEST_PAUSE_MS) return { waitMs }
  const wrong = kept.wrong + 1
  const pause = wrong > FREE ? Math.min(FIRST_PAUSE_MS * 2 ** (wrong - FREE - 1), LONGEST_PAUSE_MS) : 0
  await keepLock({ ...kept, wrong, waitUntil: pause ? Date.now() + pause : 0 })
  const given = await hashed(pin, kept.salt)
  const right = given.every((byte, at) => byte === kept.hash?.[at])
  if (!right) return pause ? { waitMs: pause } : 'wrong'
  await keepLock({ ...kept, wrong: 0, waitUntil: 0 })
  return 'right'
}

/** Whether this phone can ask for a finger, a face or its own PIN. */
export const canAskThePhone = async () =>
  'PublicKeyCredential' in window &&
  (await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false))

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

export async function lockByPasskey(name: string): Promise<boolean> {
  try {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge: random(32),
        rp: { name },
        user: { id: random(16), name, displayName: name },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
        authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required', residentKey: 'discouraged' },
        timeout: 60_000,
      },
    })
    if (!(made instanceof PublicKeyCredential)) return false
    await keepLock({ kind: 'passkey', credential: new Uint8Array(made.rawId), wrong: 0, waitUntil: 0 })
    return true
  } catch {
    return false
  }
}

/** The bit of the authenticator's data that says that it made sure who is there (WebAuthn, 6.1). */
const USER_VERIFIED = 0b100

export async function askThePhone({ credential }: Lock): Promise<boolean> {
  if (!credential) return false
  try {
    const shown = await navigator.credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: [{ type: 'public-key', id: credential }],
        userVerification: 'required',
        timeout: 60_000,
      },
    })
    const response = (shown as PublicKeyCredential | null)?.response as AuthenticatorAssertionResponse | undefined
    const flags = response && new Uint8Array(response.authenticatorData)[32]
    return flags !== undefined && (flags & USER_VERIFIED) !== 0
  } catch {
    return false
  }
}
