// The time by the service's clock: what the wallet signs is only taken at its time, and phones are wrong more often than one thinks.
import { decodeJwt } from 'jose'
import { nowAtOnce } from '../service.ts'
import type { Line } from './line.ts'

/** A difference that is put down to the network. */
const NEGLIGIBLE_S = 20

let offset: number | null = null

/** Seconds. */
export const nowSeconds = () => Math.floor(offset === null ? nowAtOnce() / 1000 : Date.now() / 1000 + offset)

/** Learns the time from what an issuer signs of itself now (OpenID4VCI 1.0, section 12.2.3). Without an answer the phone's clock counts. */
export async function setClock(line: Line, issuer: string): Promise<void> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname
  try {
    const answer = await line.fetch(`${origin}/.well-known/openid-credential-issuer${path}`, { headers: { accept: 'application/jwt' } })
    if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/jwt')) return
    const { iat } = decodeJwt(await answer.text())
    if (iat === undefined) return
    const difference = iat - Date.now() / 1000
    offset = Math.abs(difference) > NEGLIGIBLE_S ? difference : 0
  } catch {
    line.problem = null
  }
}
