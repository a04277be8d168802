// Time-based codes (RFC 6238), of accounts and of other services.
import { TOTP, URI } from 'otpauth'
import { keepCode, seal, unseal, type Sealed } from './kept.ts'
import { nowAtOnce } from './service.ts'

/** A code, and how many seconds it still holds. */
export interface Shown {
  code: string
  left: number
}

/** Opens a seed once; what it gives is asked for a code each second. */
export async function generator(otp: Sealed): Promise<() => Shown> {
  const totp = read(await unseal(otp))
  if (!totp) throw new Error('a kept code cannot be read')
  return () => {
    const timestamp = nowAtOnce()
    const digits = totp.generate({ timestamp })
    const half = Math.ceil(digits.length / 2)
    return {
      code: `${digits.slice(0, half)} ${digits.slice(half)}`,
      left: totp.period - (Math.floor(timestamp / 1000) % totp.period),
    }
  }
}

function read(address: string): TOTP | null {
  try {
    const read = URI.parse(address)
    return read instanceof TOTP ? read : null
  } catch {
    return null
  }
}

/** Keeps the code of another service. Answers whether the address was one. */
export async function importCode(address: string): Promise<boolean> {
  const totp = read(address.trim())
  if (!totp) return false
  const id = crypto.randomUUID()
  await keepCode({ id, label: totp.label, issuer: totp.issuer, otp: await seal(totp.toString()) })
  return true
}
