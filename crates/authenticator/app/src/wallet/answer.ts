// Answering a request: with what its owner chose, or with a no (OpenID4VP 1.0, section 8). This alone sends anything of a credential.
import type { VpToken } from '@openid4vc/openid4vp'
import { base64url } from 'jose'
import { Unreachable } from '../service.ts'
import { giveBackAnswer, takeAnswer } from './answered.ts'
import { title } from './display.ts'
import { note } from './history.ts'
import { Line, isOurs } from './line.ts'
import type { Candidate } from './query.ts'
import { BadRequest, client, type Asked } from './request.ts'
import { claimsOf, present } from './sd-jwt.ts'

/** The verifier did not take it. */
export class NotTaken extends Error {}

/** Too much to do, or out of order just now: the same answer may be taken later. */
const LATER = [429, 503]

const ENCRYPTIONS = ['A256GCM', 'A128GCM']

/** What was chosen, by question. */
export type Chosen = Map<string, Candidate>

/** Where the verifier leads its person next. */
export type Next = string | null

async function once(asked: Asked, send: (line: Line) => Promise<Response>): Promise<Response> {
  if (!(await takeAnswer(asked))) throw new BadRequest('over')
  const line = new Line()
  try {
    const response = await send(line)
    if (LATER.includes(response.status)) throw new Unreachable()
    return response
  } catch (why) {
    await giveBackAnswer(asked)
    throw line.problem ?? why
  }
}

export async function share(asked: Asked, chosen: Chosen): Promise<Next> {
  const { payload, name } = asked
  const shown = await Promise.all([...chosen.values()].map(async ({ credential }) => title(credential.look, await claimsOf(credential.sdJwt))))
  const response = await once(asked, async (line) => {
    const token: VpToken = {}
    for (const [question, { credential, frame }] of chosen) {
      token[question] = [await present(credential.sdJwt, credential.key, frame, payload.nonce, payload.client_id)]
    }
    const library = client(line)
    const answer = await library.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: payload,
      authorizationResponsePayload: { vp_token: token },
      ...(payload.response_mode === 'direct_post.jwt' && {
        jarm: {
          encryption: { nonce: base64url.encode(crypto.getRandomValues(new Uint8Array(16))) },
          serverMetadata: {
            authorization_signing_alg_values_supported: ['ES256'],
            authorization_encryption_alg_values_supported: ['ECDH-ES'],
            authorization_encryption_enc_values_supported: ENCRYPTIONS,
          },
        },
      }),
    })
    const sent = await library.submitOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: payload,
      authorizationResponsePayload: answer.authorizationResponsePayload,
      ...(answer.jarm && { jarm: answer.jarm }),
    })
    return sent.response as Response
  })
  if (!response.ok) throw new NotTaken()
  await note('shown', name, shown)
  return next(response)
}

/** A no, which the verifier is told where it can be. */
export async function decline(asked: Asked, wanted: string[]): Promise<Next> {
  const { payload, name } = asked
  const said = new URLSearchParams({ error: 'access_denied', ...(payload.state && { state: payload.state }) })
  const response = await once(asked, (line) => line.fetch(payload.response_uri, { method: 'POST', body: said }))
  await note('declined', name, wanted)
  return response.ok ? next(response) : null
}

/** An address of this service, or nothing. */
async function next(response: Response): Promise<Next> {
  const said = (await response.json().catch(() => null)) as { redirect_uri?: unknown } | null
  const to = said?.redirect_uri
  return typeof to === 'string' && isOurs(to) ? to : null
}
