// Taking what was offered: the code is redeemed once, then each credential is fetched for a key of its own, checked and kept
// (OpenID4VCI 1.0, sections 6 and 8). What is cut off in between goes on where it was.
import { Oauth2ClientErrorResponseError, type RequestDpopOptions } from '@openid4vc/oauth2'
import { nowSeconds } from './clock.ts'
import { title } from './display.ts'
import { keep, type Credential, type Notice } from './held.ts'
import { note } from './history.ts'
import { newPair, type Pair } from './keys.ts'
import { Line } from './line.ts'
import { BadOffer, client, isOpen, onLine, type Offer, type Offered } from './offer.ts'
import { check } from './sd-jwt.ts'
import { report } from './tell.ts'

/** The code was not taken, and another one may be. */
export class WrongCode extends Error {}

/** Whoever issues credentials asks to come back later. */
const LONGEST_WAIT_MS = 4 * 60_000
const FIRST_WAIT_S = 5
const LONGEST_INTERVAL_S = 60

const sleep = (seconds: number) => new Promise((wake) => setTimeout(wake, seconds * 1000))

interface Token {
  token: string
  until: number
  dpop: RequestDpopOptions | undefined
}

export class Receiving {
  private redeemed: Token | null = null
  /** What is in the wallet already, by the name of what was offered. */
  private readonly done = new Map<string, string>()
  private dpop: Pair | null = null

  constructor(
    private readonly link: string,
    private readonly offer: Offer,
  ) {}

  /** Redeems the offer, with the code that was typed, and keeps what it is for: their titles. It may be tried again after whatever it throws. */
  async take(code: string | null): Promise<string[]> {
    this.redeemed ??= await this.redeem(code)
    for (const offered of this.offer.credentials) {
      if (!this.done.has(offered.id)) this.done.set(offered.id, await this.fetch(offered, this.redeemed))
    }
    return [...this.done.values()]
  }

  private async redeem(code: string | null): Promise<Token> {
    const { object, metadata } = this.offer
    const line = new Line()
    const binds = metadata.authorizationServers[0]?.dpop_signing_alg_values_supported?.includes('ES256')
    this.dpop ??= binds ? await newPair() : null
    const pairs = this.dpop ? [this.dpop] : []
    try {
      const { accessTokenResponse, dpop } = await onLine(line, async () => {
        const library = client(line, pairs)
        const bound = this.dpop && (await proving(this.dpop, () => library.requestNonce({ issuerMetadata: metadata }), line))
        return library.retrievePreAuthorizedCodeAccessTokenFromOffer({
          credentialOffer: object,
          issuerMetadata: metadata,
          ...(code !== null && { txCode: code }),
          ...(bound && { dpop: bound }),
        })
      })
      return { token: accessTokenResponse.access_token, until: nowSeconds() + (accessTokenResponse.expires_in ?? 0), dpop }
    } catch (why) {
      if (why === line.problem) throw why
      if (!(await isOpen(this.link))) throw new BadOffer('over')
      const isGrant = why instanceof Oauth2ClientErrorResponseError && why.errorResponse.error === 'invalid_grant'
      throw isGrant && code !== null ? new WrongCode() : why
    }
  }

  private async fetch(offered: Offered, { token, until, dpop }: Token): Promise<string> {
    const { metadata, issuer, issuerName } = this.offer
    const line = new Line()
    const pair = await newPair()
    const library = client(line, this.dpop ? [pair, this.dpop] : [pair])
    const asked = { accessToken: token, issuerMetadata: metadata, ...(dpop && { dpop }) }
    const answer = await onLine(line, async () => {
      const { c_nonce: nonce } = await library.requestNonce({ issuerMetadata: metadata })
      const { jwt } = await library.createCredentialRequestJwtProof({
        issuerMetadata: metadata,
        credentialConfigurationId: offered.id,
        nonce,
        signer: { method: 'jwk', alg: 'ES256', publicJwk: { ...pair.jwk } },
      })
      const { credentialResponse } = await library.retrieveCredentials({
        ...asked,
        credentialConfigurationId: offered.id,
        proofs: { jwt: [jwt] },
      })
      return later(credentialResponse, async (transactionId) => {
        return (await library.retrieveDeferredCredentials({ ...asked, transactionId })).deferredCredentialResponse
      })
    })
    const notice: Notice | null = answer.notification_id
      ? { id: answer.notification_id, token, until, dpop: this.dpop?.jwk ?? null }
      : null
    const sdJwt = first(answer.credentials)
    const credential: Credential = {
      id: crypto.randomUUID(),
      sdJwt,
      jwk: pair.jwk,
      key: pair.secret,
      dpopKey: this.dpop?.secret ?? null,
      issuer,
      look: offered.look,
      addedAt: nowSeconds() * 1000,
      notice,
      standing: 'good',
    }
    let name: string
    try {
      name = title(offered.look, await check(sdJwt, offered.vct, pair.jwk))
      await keep(credential)
    } catch (why) {
      await report(credential, 'credential_failure')
      throw why
    }
    await note('received', issuerName, [name])
    await report(credential, 'credential_accepted')
    return name
  }
}

/** Binds to a key, with the issuer's number in the first proof already where it tells one. */
async function proving({ jwk }: Pair, askNumber: () => Promise<unknown>, line: Line): Promise<RequestDpopOptions> {
  await askNumber()
  return { signer: { method: 'jwk', alg: 'ES256', publicJwk: { ...jwk } }, ...(line.dpopNonce !== null && { nonce: line.dpopNonce }) }
}

interface Answer {
  credentials?: unknown[] | undefined
  transaction_id?: string | undefined
  interval?: number | undefined
  notification_id?: string | undefined
}

/** Asks again, as long as it is told to. */
async function later(answer: Answer, again: (transaction: string) => Promise<Answer>): Promise<Answer> {
  const until = Date.now() + LONGEST_WAIT_MS
  while (answer.transaction_id && Date.now() < until) {
    await sleep(Math.min(Math.max(answer.interval ?? FIRST_WAIT_S, 1), LONGEST_INTERVAL_S))
    answer = await again(answer.transaction_id)
  }
  return answer
}

function first(credentials: unknown[] | undefined): string {
  const [one] = credentials ?? []
  const credential = typeof one === 'object' && one !== null && 'credential' in one ? one.credential : one
  if (typeof credential !== 'string') throw new Error('no credential was issued')
  return credential
}

