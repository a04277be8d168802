// An authenticator app: reads the QR code off the screen and shows codes by RFC 6238, with nothing of ours in it.
import { createHmac } from 'node:crypto';
import type { Locator } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

const STEP_SECONDS = 30;

export class Authenticator {
  private constructor(
    /** What the app shows above the code. */
    readonly label: string,
    private readonly seed: Buffer,
  ) {}

  /** Points the camera at a QR code on the page. */
  static async scans(code: Locator): Promise<Authenticator> {
    return Authenticator.from(new URL(await scanned(code)));
  }

  /** Takes the key that stands beside the code, as somebody does whose camera does not work. */
  static typed(key: string): Authenticator {
    return new Authenticator('typed', base32(key));
  }

  private static from(uri: URL): Authenticator {
    const settings = Object.fromEntries(uri.searchParams);
    // What every app understands; anything else is silently ignored by some (RFC 6238 leaves it open).
    const common = { algorithm: 'SHA1', digits: '6', period: String(STEP_SECONDS) };
    for (const [name, value] of Object.entries(common)) {
      if ((settings[name] ?? value) !== value) throw new Error(`few apps understand ${name}=${settings[name]}`);
    }
    return new Authenticator(decodeURIComponent(uri.pathname.replace(/^\/+(totp\/)?/, '')), base32(settings['secret'] ?? ''));
  }

  /** The code of this half minute, or of one `later`: a code works once, and waiting for the next takes long. */
  code(later = 0): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP_SECONDS) + later));
    const mac = createHmac('sha1', this.seed).update(counter).digest();
    const offset = (mac[19] as number) & 0xf;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }
}

/** What a QR code on the screen says. */
export async function scanned(code: Locator): Promise<string> {
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  const read = (jsQR as unknown as typeof jsQR.default)(new Uint8ClampedArray(data), width, height);
  if (!read) throw new Error('the QR code cannot be read off the screen');
  return read.data;
}

/** RFC 4648, as people type it. */
function base32(text: string): Buffer {
  const bits = [...text.toUpperCase().replaceAll(/[\s=-]/g, '')]
    .map((sign) => {
      const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign);
      if (value < 0) throw new Error(`${sign} is no sign of base 32`);
      return value.toString(2).padStart(5, '0');
    })
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
