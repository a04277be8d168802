// What is asked for, and what the wallet holds of it (OpenID4VP 1.0, section 6): what must be shown, what may be, and what there is to
// choose from.
import { DcqlQuery } from 'dcql'
import { title } from './display.ts'
import type { Credential } from './held.ts'
import { isOver } from './status.ts'
import { claimsOf, shownBy, type Claims, type Frame } from './sd-jwt.ts'

/** A credential that would answer a question, and what it would show. */
export interface Candidate {
  credential: Credential
  frame: Frame
  title: string
  /** What the verifier would see: no more and no less. */
  claims: Claims
}

/** Credentials that answer together: the name of each question with what would answer it, the newest first. */
export type Option = { question: string; candidates: Candidate[] }[]

/** One of `options` is shown; or, unless it must be, none of them. */
export interface Wanted {
  required: boolean
  options: Option[]
}

type Path = (string | number | null)[]

/** Claims of which each is asked for, as the library for disclosures wants it. */
function frameOf(paths: Path[]): Frame {
  const frame: Frame = {}
  for (const path of paths) {
    // What stands behind a place in a list is shown with all of the list.
    const end = path.findIndex((step) => typeof step !== 'string')
    const steps = (end === -1 ? path : path.slice(0, end)) as string[]
    let here = frame
    steps.forEach((step, at) => {
      const below = here[step]
      if (at === steps.length - 1) here[step] = true
      else if (below !== true) here = (here[step] = below ?? {})
    })
  }
  return frame
}

/** None where what is asked for is not held, or cannot be understood. */
export async function wantedOf(query: unknown, held: Credential[]): Promise<Wanted[] | null> {
  const parsed = DcqlQuery.parse(query as Parameters<typeof DcqlQuery.parse>[0])
  DcqlQuery.validate(parsed)
  const all = await Promise.all(held.map(async (credential) => ({ credential, claims: await claimsOf(credential.sdJwt) })))
  const usable = all.filter(({ credential, claims }) => credential.standing !== 'revoked' && !isOver(claims))
  const found = DcqlQuery.query(
    parsed,
    usable.map(({ claims }) => ({
      credential_format: 'dc+sd-jwt' as const,
      vct: String(claims['vct']),
      claims: claims as never,
      cryptographic_holder_binding: true,
    })),
  )
  if (!found.can_be_satisfied) return null
  const answers = new Map<string, Candidate[]>()
  for (const question of parsed.credentials) {
    const match = found.credential_matches[question.id]
    if (!match?.success) continue
    const candidates = match.valid_credentials.map(async (valid): Promise<Candidate> => {
      const { credential, claims: whole } = usable[valid.input_credential_index] as (typeof usable)[number]
      const asked = ('claims' in question && question.claims) || []
      const [set] = valid.claims.valid_claim_sets
      const chosen = set?.valid_claim_indexes ?? asked.map((_, at) => at)
      const frame = frameOf(chosen.flatMap((at) => (asked[at] && 'path' in asked[at] ? [asked[at].path as Path] : [])))
      return { credential, frame, title: title(credential.look, whole), claims: await shownBy(credential.sdJwt, frame) }
    })
    answers.set(question.id, await Promise.all(candidates))
  }
  const option = (questions: string[]): Option => questions.map((question) => ({ question, candidates: answers.get(question) ?? [] }))
  if (!parsed.credential_sets) return parsed.credentials.map(({ id }) => ({ required: true, options: [option([id])] }))
  return parsed.credential_sets.flatMap(({ options, required }) => {
    const possible = options.filter((questions) => questions.every((question) => answers.has(question)))
    return possible.length > 0 ? [{ required: required ?? true, options: possible.map(option) }] : []
  })
}
