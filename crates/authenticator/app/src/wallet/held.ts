// The credentials in the wallet, as they are kept: sealed, each with the key that shows it.
import { database, seal, unseal, type KeptCredential } from '../kept.ts'
import type { Look } from './display.ts'
import type { PublicJwk } from './keys.ts'
import type { Standing } from './status.ts'

/** How its issuer can be told what became of it. */
export interface Notice {
  id: string
  token: string
  /** No later, seconds. */
  until: number
  /** The key to which the token is bound, where it is. */
  dpop: PublicJwk | null
}

export interface Held {
  id: string
  sdJwt: string
  jwk: PublicJwk
  issuer: string
  look: Look
  /** Milliseconds. */
  addedAt: number
  notice: Notice | null
  /** As it was found the last time. */
  standing: Standing
}

export interface Credential extends Held {
  key: CryptoKey
  dpopKey: CryptoKey | null
}

async function opened(kept: KeptCredential): Promise<Credential> {
  return { ...(JSON.parse(await unseal(kept.sealed)) as Held), key: kept.key, dpopKey: kept.dpop }
}

/** All of them, the newest first. */
export async function credentials(): Promise<Credential[]> {
  const all = await Promise.all((await (await database()).getAll('credentials')).map(opened))
  return all.sort((one, other) => other.addedAt - one.addedAt)
}

export async function keep({ key, dpopKey, ...held }: Credential): Promise<void> {
  const kept = { id: held.id, key, dpop: dpopKey, sealed: await seal(JSON.stringify(held)) }
  await (await database()).put('credentials', kept)
}

export const forget = async (id: string) => (await database()).delete('credentials', id)

/** Notes how it stands, unless it was deleted meanwhile. */
export async function noteStanding(credential: Credential, standing: Standing): Promise<void> {
  if (credential.standing === standing) return
  credential.standing = standing
  if (await (await database()).get('credentials', credential.id)) await keep(credential)
}
