// An offer that was scanned: who offers what, and whether a code goes with it (OpenID4VCI 1.0, section 4.1). Nothing is asked for yet.
import { preAuthorizedCodeGrantIdentifier } from '@openid4vc/oauth2'
import {
  Openid4vciClient,
  type CredentialConfigurationSupported,
  type CredentialOfferObject,
  type IssuerMetadataResult,
} from '@openid4vc/openid4vci'
import { callbacks } from './callbacks.ts'
import { setClock } from './clock.ts'
import { issuerName, lookOf, type Look } from './display.ts'
import { Elsewhere, Line, isOurs } from './line.ts'

export interface Offered {
  id: string
  vct: string
  look: Look
}

export interface Offer {
  object: CredentialOfferObject
  metadata: IssuerMetadataResult
  issuer: string
  issuerName: string
  credentials: Offered[]
  /** The code that goes with it by another way. */
  code: { length: number | null; digits: boolean; description: string | null } | null
}

/** `over`: it was redeemed, has expired, or never was. `unsupported`: this wallet cannot take it. */
export type OfferProblem = 'over' | 'unsupported' | 'malformed'

export class BadOffer extends Error {
  constructor(readonly why: OfferProblem) {
    super(why)
  }
}

const MOST_CREDENTIALS = 20
const LONGEST_DESCRIPTION = 300

/** What `act` throws is told by what went wrong on the line, where something did. */
export async function onLine<T>(line: Line, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (why) {
    throw line.problem ?? why
  }
}

export const client = (line: Line, pairs?: Parameters<typeof callbacks>[1]) => new Openid4vciClient({ callbacks: callbacks(line, pairs) })

const sdJwts = ([id, configuration]: [string, CredentialConfigurationSupported | undefined], metadata: IssuerMetadataResult): Offered[] =>
  configuration?.format === 'dc+sd-jwt' && typeof configuration['vct'] === 'string'
    ? [{ id, vct: configuration['vct'], look: lookOf(metadata, id, configuration) }]
    : []

export async function read(link: string): Promise<Offer> {
  const line = new Line()
  const address = new URL(link).searchParams.get('credential_offer_uri')
  if (address !== null && !URL.canParse(address)) throw new BadOffer('malformed')
  const object = await onLine(line, () => client(line).resolveCredentialOffer(link)).catch((why: unknown) => {
    if (why === line.problem) throw why
    throw new BadOffer([400, 404, 410].includes(line.status) ? 'over' : 'malformed')
  })
  const issuer = object.credential_issuer
  if (!isOurs(issuer)) throw new Elsewhere(new URL(issuer).origin)
  const grant = object.grants?.[preAuthorizedCodeGrantIdentifier]
  if (!grant || object.credential_configuration_ids.length > MOST_CREDENTIALS) throw new BadOffer('unsupported')
  await setClock(line, issuer)
  const metadata = await onLine(line, () => client(line).resolveIssuerMetadata(issuer))
  const known = metadata.credentialIssuer.credential_configurations_supported as Record<string, CredentialConfigurationSupported>
  const credentials = object.credential_configuration_ids.flatMap((id) => sdJwts([id, known[id]], metadata))
  if (credentials.length === 0) throw new BadOffer('unsupported')
  const { tx_code: code } = grant
  return {
    object,
    metadata,
    issuer,
    issuerName: issuerName(metadata),
    credentials,
    code: code
      ? {
          length: typeof code.length === 'number' && code.length > 0 && code.length <= 64 ? code.length : null,
          digits: code.input_mode !== 'text',
          description: code.description?.trim().slice(0, LONGEST_DESCRIPTION) || null,
        }
      : null,
  }
}

/** Whether it can still be redeemed: a code that is not taken may be wrong, or too late. */
export async function isOpen(link: string): Promise<boolean> {
  const line = new Line()
  try {
    await client(line).resolveCredentialOffer(link)
    return true
  } catch {
    if (line.problem) throw line.problem
    return false
  }
}
