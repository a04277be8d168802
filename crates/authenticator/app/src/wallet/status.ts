// Whether a credential still holds: by its own dates, and by its issuer's status list (Token Status List).
import { getListFromStatusListJWT } from '@sd-jwt/jwt-status-list'
import { compactVerify, decodeJwt, decodeProtectedHeader } from 'jose'
import { leafKey } from './callbacks.ts'
import { nowSeconds } from './clock.ts'
import { noteStanding, type Credential } from './held.ts'
import { Line } from './line.ts'
import { claimsOf, type Claims } from './sd-jwt.ts'

/** `unknown`: nobody could be asked. */
export type Standing = 'good' | 'expired' | 'revoked' | 'suspended' | 'unknown'

/** A list of a million credentials is smaller. */
const LONGEST_LIST = 400_000

type List = ReturnType<typeof getListFromStatusListJWT>

async function list(uri: string): Promise<List | null> {
  try {
    const answer = await new Line().fetch(uri, { headers: { accept: 'application/statuslist+jwt' } })
    const jwt = await answer.text()
    if (!answer.ok || jwt.length > LONGEST_LIST) return null
    const { x5c, alg = '', typ } = decodeProtectedHeader(jwt)
    if (!x5c || typ !== 'statuslist+jwt') return null
    await compactVerify(jwt, await leafKey(x5c, alg))
    const { sub, exp } = decodeJwt(jwt)
    return sub === uri && (exp === undefined || exp > nowSeconds()) ? getListFromStatusListJWT(jwt) : null
  } catch {
    return null
  }
}

function named(lists: Map<string, List | null>, claims: Claims): Standing {
  const { status_list: place } = (claims['status'] ?? {}) as { status_list?: { uri?: string; idx?: number } }
  // What names no list is not revoked by one.
  if (!place) return 'good'
  try {
    const status = lists.get(place.uri ?? '')?.getStatus(place.idx ?? -1)
    return status === 0 ? 'good' : status === 1 ? 'revoked' : status === 2 ? 'suspended' : 'unknown'
  } catch {
    return 'unknown'
  }
}

export const isOver = ({ exp }: Claims) => typeof exp === 'number' && exp <= nowSeconds()

/** Finds out how credentials stand; each list is fetched once. What is revoked stays so, whatever can be asked. */
export async function look(credentials: Credential[]): Promise<void> {
  const all = await Promise.all(credentials.map(async (credential) => ({ credential, claims: await claimsOf(credential.sdJwt) })))
  const uris = all.flatMap(({ claims }) => (claims['status'] as { status_list?: { uri?: string } } | undefined)?.status_list?.uri ?? [])
  const lists = new Map(await Promise.all([...new Set(uris)].map(async (uri) => [uri, await list(uri)] as const)))
  for (const { credential, claims } of all) {
    const found = isOver(claims) ? 'expired' : named(lists, claims)
    const standing = found === 'unknown' && credential.standing === 'revoked' ? 'revoked' : found
    await noteStanding(credential, standing)
  }
}
