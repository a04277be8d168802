// The line to issuers and verifiers. They are those of this very service: an address elsewhere is not asked, whoever names it.
import { Unreachable } from '../service.ts'

/** What was scanned leads to a service elsewhere. */
export class Elsewhere extends Error {
  constructor(readonly origin: string) {
    super(origin)
  }
}

const PATIENCE_MS = 20_000
/** No answer is larger; a credential with a photo is the largest. */
const LARGEST = 2 * 1024 * 1024

/** Whether an address is one of this service. */
export function isOurs(address: string): boolean {
  return URL.canParse(address) && new URL(address).origin === location.origin
}

/** The line during one errand. Libraries wrap what goes wrong into errors of their own: what it really was is kept here. */
export class Line {
  problem: Unreachable | Elsewhere | null = null
  /** Of the last answer. */
  status = 0
  /** The number that the issuer wants to find in the next proof of a key (RFC 9449, section 8). */
  dpopNonce: string | null = null

  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (!isOurs(url.href)) throw (this.problem = new Elsewhere(url.origin))
    try {
      const answer = await fetch(url, {
        ...init,
        credentials: 'omit',
        redirect: 'error',
        cache: 'no-store',
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      this.status = answer.status
      this.dpopNonce = answer.headers.get('dpop-nonce') ?? this.dpopNonce
      const body = await read(answer)
      return new Response([204, 304].includes(answer.status) ? null : body, { status: answer.status, headers: answer.headers })
    } catch {
      throw (this.problem = new Unreachable())
    }
  }
}

async function read(answer: Response): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  const reader = answer.body?.getReader()
  for (;;) {
    const part = await reader?.read()
    if (!part || part.done) return new Blob(parts)
    length += part.value.length
    if (length > LARGEST) {
      await reader?.cancel()
      throw new Error('the answer is too large')
    }
    parts.push(part.value)
  }
}
