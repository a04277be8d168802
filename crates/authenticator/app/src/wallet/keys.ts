// Keys of the wallet: made on the phone, for one credential each, and nobody can read them.
import { exportJWK } from 'jose'

export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

export interface Pair {
  secret: CryptoKey
  jwk: PublicJwk
}

export const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export async function newPair(): Promise<Pair> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ['sign', 'verify'])
  const { x = '', y = '' } = await exportJWK(publicKey)
  return { secret: privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } }
}

export const isSame = (one: { x?: unknown; y?: unknown }, other: { x?: unknown; y?: unknown }) => one.x === other.x && one.y === other.y
