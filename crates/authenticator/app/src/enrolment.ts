// What a QR code holds, however it came here.

export type Read = { token: string } | { otpauth: string } | { elsewhere: string } | 'malformed'

/** Reads what was scanned, pasted or opened: our address, the bare code beside the QR code, or another service's code. */
export function read(text: string): Read {
  const trimmed = text.trim()
  if (/^otpauth:/i.test(trimmed)) return { otpauth: trimmed }
  if (/^https?:/i.test(trimmed)) {
    if (!URL.canParse(trimmed)) return 'malformed'
    const url = new URL(trimmed)
    const said = new URLSearchParams(url.hash.slice(1))
    const token = said.get('enrol')
    if (!token) return 'malformed'
    const origin = said.get('aud') ?? url.origin
    return origin === location.origin ? { token } : { elsewhere: url.origin }
  }
  const token = trimmed.replaceAll(/\s/g, '')
  return /^[A-Za-z0-9_-]{16,128}$/.test(token) ? { token } : 'malformed'
}
