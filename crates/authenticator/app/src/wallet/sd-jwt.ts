// Credentials in the form SD-JWT VC, by a library: what they say, whether their issuer signed it, and showing a part of it.
import { SDJwtInstance } from '@sd-jwt/core'
import { base64url, decodeProtectedHeader } from 'jose'
import { hash, leafKey } from './callbacks.ts'
import { nowSeconds } from './clock.ts'
import { P256, isSame, type PublicJwk } from './keys.ts'

export type Claims = Record<string, unknown>

/** Which claims are shown: `true` for all of one, or the parts of it. */
export interface Frame {
  [name: string]: Frame | true
}

const hasher = (data: string | ArrayBuffer, algorithm: string) => hash(data, algorithm)

/** Everything that it says. */
export async function claimsOf(sdJwt: string): Promise<Claims> {
  return (await new SDJwtInstance({ hasher }).getClaims(sdJwt)) as Claims
}

/** What signs its holder in at this service. It says nothing but whose passport it opens. */
export const isAccessKey = ({ vct }: Claims) => vct === `${location.origin}/vc/types/access-key`

/** A credential that is not what was asked for. */
export class NotGood extends Error {}

/** Makes sure that it is of this kind, for this key, and signed by the key that it names. */
export async function check(sdJwt: string, vct: string, holder: PublicJwk): Promise<Claims> {
  const { x5c, alg = '', typ } = decodeProtectedHeader(sdJwt.split('~')[0] ?? '')
  if (!x5c || typ !== 'dc+sd-jwt') throw new NotGood('no credential')
  const key = await leafKey(x5c, alg)
  const verifier = async (data: string, signature: string) =>
    crypto.subtle.verify(P256, key, new Uint8Array(base64url.decode(signature)), new TextEncoder().encode(data))
  const { payload } = await new SDJwtInstance({ hasher, verifier }).verify(sdJwt, { currentDate: nowSeconds(), skewSeconds: 300 })
  const claims = payload as Claims & { cnf?: { jwk?: object } }
  if (claims['vct'] !== vct || !claims.cnf?.jwk || !isSame(claims.cnf.jwk, holder)) throw new NotGood('another credential')
  return claims
}

/** A part of it, not signed by anybody yet: what it would say. */
export const shownBy = async (sdJwt: string, frame: Frame): Promise<Claims> =>
  claimsOf(await new SDJwtInstance({ hasher }).present(sdJwt, frame as Record<string, never>))

/** A part of it, for one question of one verifier. */
export function present(sdJwt: string, key: CryptoKey, frame: Frame, nonce: string, audience: string): Promise<string> {
  const kbSigner = async (data: string) =>
    base64url.encode(new Uint8Array(await crypto.subtle.sign(P256, key, new TextEncoder().encode(data))))
  const library = new SDJwtInstance({ hasher, kbSigner, kbSignAlg: 'ES256' })
  return library.present(sdJwt, frame as Record<string, never>, { kb: { payload: { iat: nowSeconds(), nonce, aud: audience } } })
}
