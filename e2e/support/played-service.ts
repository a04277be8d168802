// The service's interface for the app, played: for what the real service cannot be brought to, such as being busy or never heard
// of again. It takes only what is signed by the key that was enrolled.
import { createPublicKey, randomUUID, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { expect, type Page, type Route } from '@playwright/test';

interface Claims {
  act: string;
  aud: string;
  iat: number;
  jti: string;
  answer?: string;
  number?: string;
  request?: string;
  challenge?: string;
  name?: string;
  token?: string;
}

export interface Answered {
  status?: number;
  body: object;
}

const now = () => Math.floor(Date.now() / 1000);

export class PlayedService {
  readonly heard: Claims[] = [];
  /** What stands in the place of the usual answer to an act. */
  readonly instead = new Map<string, Answered | 'offline'>();
  private key: KeyObject | undefined;
  private readonly device = randomUUID();
  private waiting: object[] = [];

  static async behind(page: Page): Promise<PlayedService> {
    const service = new PlayedService();
    await page.route('**/authenticator/api/1/*', (route) => service.answer(route));
    return service;
  }

  /** Somebody signs in. */
  asks(whatFor = 'sign-in', secondsLeft = 120): string {
    const id = randomUUID();
    this.waiting.push({
      id,
      organisation: 'Northfield Hospitals',
      what_for: whatFor,
      browser: 'Firefox, Windows 10',
      network: '192.0.2.0/24',
      asked_at: now(),
      expires_at: now() + secondsLeft,
      challenge: 'c2FtcGxlIGNoYWxsZW5nZQ',
    });
    return id;
  }

  private async answer(route: Route): Promise<void> {
    const { jws } = route.request().postDataJSON() as { jws: string };
    const [head = '', payload = '', signature = ''] = jws.split('.');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    expect(header.alg).toBe('ES256');
    expect(header.typ).toBe('fobwatch-app+jwt');
    if (claims.act === 'enrol') {
      expect(header.jwk.d, 'the private half stays on the phone').toBeUndefined();
      this.key = createPublicKey({ key: header.jwk as JsonWebKey, format: 'jwk' });
    } else {
      expect(header.kid).toBe(this.device);
    }
    const signed = Buffer.from(`${head}.${payload}`);
    const right = verify('sha256', signed, { key: this.key as KeyObject, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    expect(right, 'the signature is right').toBe(true);
    expect(claims.aud).toBe(new URL(route.request().url()).origin);
    expect(this.heard.some(({ jti }) => jti === claims.jti), 'nothing is sent twice').toBe(false);
    this.heard.push(claims);
    const instead = this.instead.get(claims.act);
    if (instead === 'offline') return route.abort('internetdisconnected');
    const { status = 200, body } = instead ?? this.usual(claims);
    await route.fulfill({ status, json: body });
  }

  private usual(claims: Claims): Answered {
    switch (claims.act) {
      case 'enrol':
        return {
          body: {
            device: this.device,
            account: { organisation: 'Northfield Hospitals', organisation_code: 'NTH', user: 'a…n@northfield.example', service: 'Fobwatch' },
            otp: { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', issuer: 'Fobwatch', label: 'a…n@northfield.example', digits: 6, period: 30, algorithm: 'SHA1' },
            vapid: 'BNxpVPqbJ5bNhqvRZ9QY1xX1YcGdXBTYV2M6a3O6cUq7J1kYf8H9yq3zVw4nVb0Y7c1Wm5x2o3b4Q5r6T7u8V9w',
            now: now(),
          },
        };
      case 'requests':
        return { body: { requests: this.waiting, paused_until: null, now: now() } };
      case 'answer':
        this.waiting = [];
        if (claims.answer === 'refuse') return { body: { result: 'refused' } };
        return claims.number === '42' ? { body: { result: 'approved' } } : { status: 409, body: { error: 'wrong-number' } };
      default:
        return { body: {} };
    }
  }
}
