// What a certificate says of its holder's host names (RFC 5280, section 4.2.1.6). Only the names are read: who signs with it is found out
// by its key, and what it is worth by where it comes from.

const SEQUENCE = 0x30
const OCTETS = 0x04
const OBJECT = 0x06
const EXTENSIONS = 0xa3
/** subjectAltName, 2.5.29.17. */
const NAMES = [0x55, 0x1d, 0x11]
/** dNSName among the choices of a name. */
const DNS = 0x82

interface Part {
  tag: number
  content: Uint8Array
}

/** The parts that stand one after the other in DER. */
function parts(bytes: Uint8Array): Part[] {
  const found: Part[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0
    let length = bytes[at + 1] ?? 0
    at += 2
    if (length & 0x80) {
      const digits = length & 0x7f
      if (digits === 0 || digits > 3) return []
      length = bytes.subarray(at, at + digits).reduce((sum, byte) => sum * 256 + byte, 0)
      at += digits
    }
    if (at + length > bytes.length) return []
    found.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return found
}

const inside = (part: Part | undefined, tag: number) => (part?.tag === tag ? parts(part.content) : [])

export function dnsNames(der: Uint8Array): string[] {
  const [body] = inside(parts(der)[0], SEQUENCE)
  const extensions = inside(body, SEQUENCE).find(({ tag }) => tag === EXTENSIONS)
  for (const extension of inside(inside(extensions, EXTENSIONS)[0], SEQUENCE)) {
    const said = inside(extension, SEQUENCE)
    const [name] = said
    const isNames = name?.tag === OBJECT && name.content.length === NAMES.length && NAMES.every((byte, at) => name.content[at] === byte)
    const value = said.at(-1)
    if (!isNames || value?.tag !== OCTETS) continue
    const names = inside(parts(value.content)[0], SEQUENCE).filter(({ tag }) => tag === DNS)
    return names.map(({ content }) => new TextDecoder('ascii').decode(content).toLowerCase())
  }
  return []
}
