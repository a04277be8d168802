// The service as the authenticator sees it, for what the real one produces only after much waiting: pauses, phones that were
// removed, a clock that is wrong. It holds the app to what the two have agreed on, and checks every signature.
import { createPublicKey, randomBytes, randomUUID, verify, type KeyObject } from 'node:crypto';
import { expect, type Page, type Route } from '@playwright/test';

type Claims = Record<string, unknown> & { act: string; aud: string; iat: number; jti: string };

export interface Asked {
  id: string;
  organisation: string;
  what_for: 'sign-in' | 'confirm' | 'reset' | 'unlock' | 'set-up';
  browser: string | null;
  network: string | null;
  asked_at: number;
  expires_at: number;
  challenge: string;
}

const seconds = () => Math.floor(Date.now() / 1000);

export class StandIn {
  /** What the app said, in the order in which it came, but for its waiting. */
  readonly heard: Claims[] = [];
  /** The number that the other screen shows. */
  number = '42';
  /** The next answer to an act is this error. */
  refuses: { act: string; status: number; error: string } | undefined;
  /** The public key that notifications are sent by; none sends none. */
  vapid: string | null = null;
  pausedUntil: number | null = null;
  /** By how many seconds the service's clock is ahead of the phone's. */
  ahead = 0;

  private readonly keys = new Map<string, KeyObject>();
  private readonly used = new Set<string>();
  private open: Asked[] = [];
  private wake: (() => void)[] = [];

  private constructor(private readonly origin: string) {}

  /** Takes the place of the service for one page. */
  static async plays(page: Page, origin: string): Promise<StandIn> {
    const service = new StandIn(origin);
    await page.route('**/authenticator/api/1/*', (route) => service.answer(route));
    return service;
  }

  /** Somebody signs in elsewhere: the app is asked. */
  asks(more: Partial<Asked> = {}): Asked {
    const now = seconds() + this.ahead;
    const asked: Asked = {
      id: randomUUID(),
      organisation: 'Northfield Hospitals',
      what_for: 'sign-in',
      browser: 'Chromium on Linux',
      network: '10.20.x.x',
      asked_at: now,
      expires_at: now + 120,
      challenge: randomBytes(32).toString('base64url'),
      ...more,
    };
    this.open.push(asked);
    this.tell();
    return asked;
  }

  /** What waits is told at once, as when a page elsewhere was answered or a phone removed. */
  tell(): void {
    for (const wake of this.wake.splice(0)) wake();
  }

  /** The newest thing that the app said of its kind. */
  last(act: string): Claims {
    const said = this.heard.findLast((claims) => claims.act === act);
    if (!said) throw new Error(`the app never said ${act}`);
    return said;
  }

  private async answer(route: Route): Promise<void> {
    const act = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    const [status, body] = await this.reply(act, (route.request().postDataJSON() as { jws: string }).jws);
    // The app may have stopped waiting.
    await route.fulfill({ status, json: body }).catch(() => undefined);
  }

  private async reply(act: string, jws: string): Promise<[number, object]> {
    const { claims, kid, key } = this.read(jws);
    expect(claims.act, 'what is signed is what is asked for').toBe(act);
    expect(claims.aud).toBe(this.origin);
    expect(this.used, 'nothing is said twice').not.toContain(claims.jti);
    this.used.add(claims.jti);
    const now = seconds() + this.ahead;
    if (Math.abs(claims.iat - now) > 300) return [401, { error: 'clock', now }];
    if (act !== 'requests') this.heard.push(claims);
    if (this.refuses?.act === act) {
      const { status, error } = this.refuses;
      this.refuses = undefined;
      return [status, { error }];
    }
    switch (act) {
      case 'enrol': {
        const device = randomUUID();
        this.keys.set(device, key);
        return [200, { device, account: ACCOUNT, otp: OTP, vapid: this.vapid, now }];
      }
      case 'requests':
        return this.waits(Number(claims['wait']));
      case 'answer': {
        const asked = this.open.find(({ id }) => id === claims['request']);
        if (!asked || asked.expires_at <= now) return [410, { error: 'over' }];
        expect(claims['challenge'], 'the answer is to what was asked').toBe(asked.challenge);
        this.open = this.open.filter((one) => one !== asked);
        if (claims['answer'] === 'refuse') return [200, { result: 'refused' }];
        return claims['number'] === this.number ? [200, { result: 'approved' }] : [409, { error: 'wrong-number' }];
      }
      case 'leave':
        this.keys.delete(kid);
        return [200, {}];
      default:
        return [200, {}];
    }
  }

  private async waits(wait: number): Promise<[number, object]> {
    if (this.pending().length === 0 && wait > 0) {
      await new Promise<void>((resolve) => {
        this.wake.push(resolve);
        setTimeout(resolve, wait * 1000).unref();
      });
    }
    if (this.refuses?.act === 'requests') return [this.refuses.status, { error: this.refuses.error }];
    return [200, { requests: this.pending(), paused_until: this.pausedUntil, now: seconds() + this.ahead }];
  }

  private pending(): Asked[] {
    return this.open.filter(({ expires_at }) => expires_at > seconds() + this.ahead);
  }

  private read(jws: string): { claims: Claims; kid: string; key: KeyObject } {
    const [head = '', payload = '', signature = ''] = jws.split('.');
    const open = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
    const { alg, typ, kid, jwk } = open(head) as { alg: string; typ: string; kid?: string; jwk?: object };
    expect({ alg, typ }).toEqual({ alg: 'ES256', typ: 'fobwatch-app+jwt' });
    expect(Object.keys(jwk ?? {}).filter((name) => !['kty', 'crv', 'x', 'y'].includes(name)), 'no private key leaves').toEqual([]);
    const key = jwk ? createPublicKey({ key: jwk as never, format: 'jwk' }) : this.keys.get(kid ?? '');
    if (!key) throw new Error('a phone that is not known');
    const signed = verify('sha256', Buffer.from(`${head}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    expect(signed, 'the phone signed it').toBe(true);
    return { claims: open(payload) as Claims, kid: kid ?? '', key };
  }
}

const ACCOUNT = {
  organisation: 'Northfield Hospitals',
  organisation_code: 'NTH',
  user: 'a…n@northfield.example',
  service: 'Fobwatch',
};

/** The key of RFC 6238, appendix B. */
const OTP = {
  secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  issuer: 'Fobwatch',
  label: 'a…n@northfield.example',
  digits: 6,
  period: 30,
  algorithm: 'SHA1',
};
