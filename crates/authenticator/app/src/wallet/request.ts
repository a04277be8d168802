// A request that was scanned: fetched, its signature verified, and who signed it compared with who it says it is (OpenID4VP 1.0, sections
// 5 and 5.9). Nothing is answered yet.
import {
  Openid4vpClient,
  isOpenid4vpAuthorizationRequestDcApi,
  type Openid4vpAuthorizationRequest,
  type ResolvedOpenid4vpAuthorizationRequest,
} from '@openid4vc/openid4vp'
import { base64url } from 'jose'
import { callbacks } from './callbacks.ts'
import { setClock } from './clock.ts'
import { Elsewhere, Line, isOurs } from './line.ts'
import { onLine } from './offer.ts'

export interface Asked {
  payload: Openid4vpAuthorizationRequest & { response_uri: string; nonce: string }
  query: unknown
  /** What the verifier calls itself. */
  name: string
  host: string
}

/** `over`: it was answered, has expired, or never was. `malformed`: it is not what it says, or none that is answered here. */
export class BadRequest extends Error {
  constructor(readonly why: 'over' | 'malformed') {
    super(why)
  }
}

/** Whoever asks is known by a certificate, and signs. */
const PREFIXES = ['x509_hash', 'x509_san_dns']
const TYPE = 'oauth-authz-req+jwt'
const ANY_WALLET = 'https://self-issued.me/v2'
const MODES = ['direct_post', 'direct_post.jwt']
const LONGEST_NAME = 120

export const client = (line: Line, fetch = line.fetch) => {
  return new Openid4vpClient({ callbacks: { ...callbacks(line), fetch: fetch as never } })
}

export async function read(link: string): Promise<Asked> {
  const asked = new URL(link).searchParams
  const address = asked.get('request_uri') ?? ''
  if (!URL.canParse(address)) throw new BadRequest('malformed')
  if (!isOurs(address)) throw new Elsewhere(new URL(address).origin)
  const line = new Line()
  const byPost = asked.get('request_uri_method')?.toLowerCase() === 'post'
  const number = base64url.encode(crypto.getRandomValues(new Uint8Array(24)))
  // The wallet's own number makes the request one that was signed just now. The library compares it, and leaves sending it to us.
  const fetch: Line['fetch'] = (input, init) =>
    line.fetch(input, init?.method?.toLowerCase() === 'post' ? { ...init, method: 'POST', body: new URLSearchParams({ wallet_nonce: number }) } : init)
  const library = client(line, fetch)
  let resolved: ResolvedOpenid4vpAuthorizationRequest
  try {
    resolved = await onLine(line, () => {
      const { params } = library.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link })
      return library.resolveOpenId4vpAuthorizationRequest({
        authorizationRequestPayload: params,
        wallet: byPost ? { expectedNonce: number } : {},
      })
    })
  } catch (why) {
    if (why === line.problem) throw why
    throw new BadRequest([400, 404, 410].includes(line.status) ? 'over' : 'malformed')
  }
  const found = looked(resolved)
  const issuer = /^.*\/vc\/[^/]+/.exec(address)?.[0]
  if (issuer) await setClock(new Line(), issuer)
  return found
}

/** What the library leaves to us: that it is signed, by whom it may be, for whom, and where the answer goes. */
function looked({ jar, client: who, dcql, authorizationRequestPayload: payload }: ResolvedOpenid4vpAuthorizationRequest): Asked {
  const malformed = new BadRequest('malformed')
  if (!jar || !PREFIXES.includes(who.prefix) || !dcql || isOpenid4vpAuthorizationRequestDcApi(payload)) throw malformed
  const { response_uri: to, response_mode: mode, nonce, client_metadata: about } = payload
  const { typ } = jar.jwt.header
  const { aud } = jar.jwt.payload
  if (typ !== TYPE || (aud !== undefined && aud !== ANY_WALLET)) throw malformed
  if (typeof to !== 'string' || typeof nonce !== 'string' || !nonce || !MODES.includes(String(mode))) throw malformed
  if (!isOurs(to)) throw new Elsewhere(URL.canParse(to) ? new URL(to).origin : to)
  // Nothing of this kind is understood here, and what is not understood must not be agreed to.
  if (payload.transaction_data !== undefined || payload.redirect_uri !== undefined) throw malformed
  const { host } = new URL(to)
  const name = typeof about?.client_name === 'string' ? about.client_name.trim().slice(0, LONGEST_NAME) : ''
  return { payload: { ...payload, response_uri: to, nonce }, query: dcql.query, name: name || host, host }
}
