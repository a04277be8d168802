// How a credential looks and what it says, by what its issuer says of it (OpenID4VCI 1.0, section 12.2.4). All of it comes from outside:
// texts are shown as texts, colours and pictures only where they are such.
import type { CredentialConfigurationSupported, IssuerMetadataResult } from '@openid4vc/openid4vci'
import { isOurs } from './line.ts'

/** How a credential is shown. */
export interface Look {
  name: string
  issuerName: string
  /** Behind the name, and of the name, as `#rrggbb`. */
  background: string | null
  ink: string | null
  /** A picture of this service. */
  logo: string | null
  labels: Label[]
}

export interface Label {
  path: string[]
  name: string
}

/** A claim with its label. */
export interface Said {
  label: string
  value: unknown
}

const LONGEST_NAME = 120
const MOST_LABELS = 200
const COLOUR = /^#[0-9a-f]{6}$/i

const text = (value: unknown): string | null => (typeof value === 'string' && value.trim() ? value.trim().slice(0, LONGEST_NAME) : null)
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : [])

/** What is said in our language, else what is said first. */
function inOurWords(display: unknown): Record<string, unknown> {
  const all = list(display)
  const language = document.documentElement.lang
  return all.find(({ locale }) => typeof locale === 'string' && locale.split('-')[0] === language) ?? all[0] ?? {}
}

const colour = (value: unknown) => (typeof value === 'string' && COLOUR.test(value) ? value : null)

export const issuerName = ({ credentialIssuer }: IssuerMetadataResult) =>
  text(inOurWords(credentialIssuer.display)['name']) ?? new URL(credentialIssuer.credential_issuer).host

export function lookOf(metadata: IssuerMetadataResult, id: string, configuration: CredentialConfigurationSupported): Look {
  const about = record((configuration as { credential_metadata?: unknown }).credential_metadata)
  const display = inOurWords(about['display'])
  const logo = record(display['logo'])['uri']
  const background = colour(display['background_color'])
  return {
    name: text(display['name']) ?? id,
    issuerName: issuerName(metadata),
    background,
    ink: background && colour(display['text_color']),
    logo: typeof logo === 'string' && isOurs(logo) ? logo : null,
    labels: list(about['claims'])
      .slice(0, MOST_LABELS)
      .flatMap(({ path, display: names }) => {
        const name = text(inOurWords(names)['name'])
        const steps = Array.isArray(path) ? path.filter((step): step is string => typeof step === 'string') : []
        return name && steps.length > 0 && steps.length === (path as unknown[]).length ? [{ path: steps, name }] : []
      }),
  }
}

const at = (claims: unknown, path: string[]): unknown => path.reduce<unknown>((here, step) => record(here)[step], claims)

/** What claims say, in the issuer's order and under its labels; what has no label is about the credential itself and not shown. */
export function said(look: Look, claims: unknown): Said[] {
  return look.labels.flatMap(({ path, name }) => {
    const value = at(claims, path)
    return value === undefined || value === null ? [] : [{ label: name, value }]
  })
}

/** What tells a credential from others of its kind: the first thing that it says, where that is a few words. */
export function detail(look: Look, claims: unknown): string | null {
  const [first] = said(look, claims)
  const value = typeof first?.value === 'string' ? first.value : ''
  const isWords = value !== '' && value.length <= 60 && !value.startsWith('data:') && value.split(/\s/).every((word) => word.length <= 30)
  return isWords ? value : null
}

/** What a credential is called among others. */
export function title(look: Look, claims: unknown): string {
  const about = detail(look, claims)
  return about ? `${look.name}: ${about}` : look.name
}
