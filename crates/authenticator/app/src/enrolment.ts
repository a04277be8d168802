// What a QR code holds, however it came here.

/** What is for the wallet: an offer of credentials, or a request to show some. */
export type ForWallet = { offer: string } | { request: string }

export type Read = { token: string } | { otpauth: string } | { elsewhere: string } | ForWallet | 'malformed'

/** Nothing that is scanned or opened is longer: offers and requests are addresses, not what they lead to. */
const LONGEST = 4_096

/** Reads what was scanned, pasted or opened: our address, the bare code beside the QR code, another service's code, or what is for the wallet. */
export function read(text: string): Read {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return 'malformed'
  if (/^(openid-credential-offer|haip-vci):/i.test(trimmed)) return { offer: trimmed }
  if (/^(openid4vp|haip-vp):/i.test(trimmed)) return { request: trimmed }
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
