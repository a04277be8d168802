// What the libraries of OpenID4VC leave to whoever uses them: keys, hashes, signatures and the line.
import { clientAuthenticationAnonymous, type CallbackContext, type JwtSigner } from '@openid4vc/oauth2'
import { CompactEncrypt, SignJWT, base64url, compactVerify, exportJWK, importJWK, importX509 } from 'jose'
import { dnsNames } from './certificate.ts'
import { nowSeconds } from './clock.ts'
import { isSame, type Pair } from './keys.ts'
import type { Line } from './line.ts'

const HASHES: Record<string, string> = { sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' }

/** A hash by the name that a library gives it, such as `sha-256` or `sha256`. */
export async function hash(data: Uint8Array | ArrayBuffer | string, algorithm: string): Promise<Uint8Array> {
  const name = HASHES[algorithm.toLowerCase().replace('-', '')]
  if (!name) throw new Error('a hash that nobody knows')
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
  return new Uint8Array(await crypto.subtle.digest(name, bytes))
}

const pem = (certificate: string) => `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`

/** The key of the first certificate of a chain, for one algorithm. */
export const leafKey = ([leaf = '']: string[], algorithm: string) => importX509(pem(leaf), algorithm, { extractable: true })

/** Signatures by other ways than a certificate or a key in the header are not believed. */
async function keyOf(signer: JwtSigner) {
  if (signer.method === 'x5c') return leafKey(signer.x5c, signer.alg)
  if (signer.method === 'jwk') return importJWK(signer.publicJwk as Parameters<typeof importJWK>[0], signer.alg, { extractable: true })
  throw new Error('a signature of a kind that is not believed')
}

/** `pairs`: the keys that may sign during this errand. */
export function callbacks(line: Line, pairs: Pair[] = []): CallbackContext {
  return {
    fetch: line.fetch as NonNullable<CallbackContext['fetch']>,
    hash: (data, algorithm) => hash(data, algorithm),
    generateRandom: (length) => crypto.getRandomValues(new Uint8Array(length)),
    async signJwt(signer, { header, payload }) {
      const pair = signer.method === 'jwk' && pairs.find(({ jwk }) => isSame(jwk, signer.publicJwk))
      if (!pair) throw new Error('a key that is not here')
      const jwt = await new SignJWT({ ...payload, iat: nowSeconds() } as Record<string, unknown>)
        .setProtectedHeader({ ...header, alg: 'ES256' } as { alg: string })
        .sign(pair.secret)
      return { jwt, signerJwk: { ...pair.jwk } }
    },
    async verifyJwt(signer, { compact }) {
      try {
        const key = await keyOf(signer)
        await compactVerify(compact, key)
        return { verified: true, signerJwk: (await exportJWK(key)) as { kty: string } }
      } catch {
        return { verified: false }
      }
    },
    async encryptJwe({ publicJwk, alg, enc, apu, apv }, data) {
      const jwe = new CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({
        alg,
        enc,
        ...(publicJwk.kid && { kid: publicJwk.kid }),
      })
      if (apu || apv) {
        jwe.setKeyManagementParameters({ ...(apu && { apu: base64url.decode(apu) }), ...(apv && { apv: base64url.decode(apv) }) })
      }
      const key = await importJWK(publicJwk as Parameters<typeof importJWK>[0], alg)
      return { encryptionJwk: publicJwk, jwe: await jwe.encrypt(key) }
    },
    // Nothing is encrypted for the wallet.
    decryptJwe: async () => ({ decrypted: false }),
    clientAuthentication: clientAuthenticationAnonymous(),
    getX509CertificateMetadata: (certificate) => ({
      sanDnsNames: dnsNames(Uint8Array.from(atob(certificate), (letter) => letter.charCodeAt(0))),
      sanUriNames: [],
    }),
  }
}
