// The service's interface for this app: every request is signed by the phone's key (RFC 7515, ES256).
import { CompactSign, exportJWK } from 'jose'
import { clockOffset, keepAccount, keepClockOffset, seal, type Account } from './kept.ts'
import { deviceName } from './device.ts'

export interface Request {
  id: string
  organisation: string
  what_for: 'sign-in' | 'confirm' | 'reset' | 'unlock' | 'set-up'
  browser: string | null
  network: string | null
  asked_at: number
  expires_at: number
  challenge: string
}

/** The service answered, and said no. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/** The service could not be reached. */
export class Unreachable extends Error {}

/** Nothing takes longer, beside a request that waits on purpose. */
const PATIENCE_MS = 12_000

type Signer = { key: CryptoKey; header: Record<string, unknown> }

const signerOf = (account: Account): Signer => ({ key: account.key, header: { kid: account.device } })

let offset: number | undefined

/** Now, by the clock of the service: phones are wrong more often than one thinks. Milliseconds. */
export async function now(): Promise<number> {
  offset ??= await clockOffset()
  return Date.now() + offset
}

export const nowAtOnce = () => Date.now() + (offset ?? 0)

async function ask<Answer>(act: string, payload: object, signer: Signer, waitMs = 0, stop?: AbortSignal): Promise<Answer> {
  for (let corrected = false; ; corrected = true) {
    const claims = {
      ...payload,
      act,
      aud: location.origin,
      iat: Math.floor((await now()) / 1000),
      jti: crypto.randomUUID(),
    }
    const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'ES256', typ: 'fobwatch-app+jwt', ...signer.header })
      .sign(signer.key)
    const limit = AbortSignal.timeout(PATIENCE_MS + waitMs)
    let answer: Response
    let body: { error?: string; now?: number }
    try {
      answer = await fetch(`/authenticator/api/1/${act}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jws }),
        credentials: 'omit',
        signal: stop ? AbortSignal.any([stop, limit]) : limit,
      })
      body = await answer.json()
    } catch {
      throw new Unreachable()
    }
    if (answer.ok) return body as Answer
    if (body.error === 'clock' && typeof body.now === 'number' && !corrected) {
      offset = body.now * 1000 - Date.now()
      await keepClockOffset(offset)
      continue
    }
    throw new Refused(body.error ?? 'failed')
  }
}

interface Enrolled {
  device: string
  account: { organisation: string; user: string }
  otp: { secret: string; issuer: string; label: string; digits: number; period: number; algorithm: string }
  vapid: string | null
}

/** Makes this phone's key, and gives its public half to the service in exchange for the account. */
export async function enrol(token: string): Promise<Account> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const { kty, crv, x, y } = await exportJWK(pair.publicKey)
  const signer = { key: pair.privateKey, header: { jwk: { kty, crv, x, y } } }
  const { device, account, otp, vapid } = await ask<Enrolled>('enrol', { token, name: deviceName() }, signer)
  const address = new URL(`otpauth://totp/${encodeURIComponent(otp.issuer)}:${encodeURIComponent(otp.label)}`)
  for (const [name, value] of Object.entries({ ...otp, label: '' })) {
    if (value !== '') address.searchParams.set(name, String(value))
  }
  const added: Account = {
    device,
    organisation: account.organisation,
    user: account.user,
    key: pair.privateKey,
    otp: await seal(address.href),
    vapid,
    push: false,
  }
  await keepAccount(added)
  return added
}

export interface Waiting {
  requests: Request[]
  paused_until: number | null
}

/** What the account is asked; waits so many seconds for something to be asked. */
export const requests = (account: Account, wait: number, stop?: AbortSignal) =>
  ask<Waiting>('requests', { wait }, signerOf(account), wait * 1000, stop)

/** *Yes* with the number, or *No, it's not me*. */
export const answer = (account: Account, { id, challenge }: Request, number: string | null) =>
  ask<{ result: 'approved' | 'refused' }>(
    'answer',
    { request: id, challenge, ...(number === null ? { answer: 'refuse' } : { answer: 'approve', number }) },
    signerOf(account),
  )

export const push = (account: Account, subscription: PushSubscriptionJSON | null) =>
  ask<object>('push', { subscription }, signerOf(account))

export const leave = (account: Account) => ask<object>('leave', {}, signerOf(account))
