// Tells an issuer what became of a credential (OpenID4VCI 1.0, section 11), where it wants to know and can still be told. It is a courtesy:
// nothing depends on it.
import { client } from './offer.ts'
import { nowSeconds } from './clock.ts'
import type { Credential } from './held.ts'
import { Line } from './line.ts'

export type Event = 'credential_accepted' | 'credential_deleted' | 'credential_failure'

export async function report({ notice, dpopKey, issuer }: Credential, event: Event): Promise<void> {
  if (!notice || notice.until <= nowSeconds()) return
  const line = new Line()
  const bound = notice.dpop && dpopKey ? { secret: dpopKey, jwk: notice.dpop } : null
  const library = client(line, bound ? [bound] : [])
  try {
    await library.sendNotification({
      accessToken: notice.token,
      issuerMetadata: await library.resolveIssuerMetadata(issuer),
      notification: { notificationId: notice.id, event },
      ...(bound && { dpop: { signer: { method: 'jwk', alg: 'ES256', publicJwk: { ...bound.jwk } } } }),
    })
  } catch {
    // It was not heard.
  }
}
