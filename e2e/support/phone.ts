// A phone with every number, behind a stand-in for GOV.UK Notify, which nobody can run for themselves. It follows the
// public documentation (https://docs.notifications.service.gov.uk/rest-api.html) as far as sending texts goes.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstCode, hasCode, nextFrom } from './messages.ts';

const SERVICE = '9f0c1c1e-3a52-4b0e-9d6b-6b1f5d0f7a01';
const SECRET = '5e2b7c44-0d3e-4f5a-8c77-1a2b3c4d5e6f';

interface Text {
  id: string;
  to: string;
  body: string;
  reference: string | null;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    message: string,
  ) {
    super(message);
  }
}

export class Phone {
  static readonly API_KEY = `fobwatch_tests-${SERVICE}-${SECRET}`;
  private readonly texts: Text[] = [];

  private constructor(private readonly server: Server) {}

  static async switchOn(): Promise<Phone> {
    const server = createServer();
    const phone = new Phone(server);
    server.on('request', async (request, response) => {
      const answer = await phone.answer(request).catch((why: unknown) => {
        const { status, error, message } = why instanceof Refusal ? why : new Refusal(500, 'Exception', String(why));
        return { status, body: { status_code: status, errors: [{ error, message }] } };
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return phone;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The texts to a number, oldest first. */
  to(number: string): Text[] {
    return this.texts.filter((text) => text.to === ukMobile(number));
  }

  /** Does something that sends a code to a number, and returns the code. */
  async code(number: string, act: () => Promise<unknown>): Promise<string> {
    const codes = async () => this.to(number).filter(({ body }) => hasCode(body));
    const text = await nextFrom(codes, `a code to ${number}`, act);
    return firstCode(text.body, 'the text');
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    checkToken(request.headers.authorization);
    const path = request.url ?? '';
    if (request.method === 'POST' && path === '/v2/notifications/sms') {
      const text = await readText(request);
      this.texts.push(text);
      const { id, reference, body } = text;
      const content = { body, from_number: 'GOVUK' };
      return { status: 201, body: { id, reference, content, uri: `${this.baseUrl}/v2/notifications/${id}` } };
    }
    const id = /^\/v2\/notifications\/([0-9a-f-]{36})$/.exec(path)?.[1];
    const text = this.texts.find((each) => each.id === id);
    if (request.method === 'GET' && text) {
      const { reference, body, to } = text;
      return { status: 200, body: { id, reference, body, phone_number: to, type: 'sms', status: 'delivered' } };
    }
    throw new Refusal(404, 'NoResultFound', 'No result found');
  }
}

/** HS256 with the secret of the key; `iss` is the service, `iat` within 30 seconds of now. */
function checkToken(authorization: string | undefined): void {
  const refuse = (why: string) => new Refusal(403, 'AuthError', why);
  const [header, claims, signature] = authorization?.replace(/^Bearer /, '').split('.') ?? [];
  if (header === undefined || claims === undefined || signature === undefined) {
    throw new Refusal(401, 'AuthError', 'Unauthorized: authentication bearer scheme must be used');
  }
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  if (read(header)['alg'] !== 'HS256') throw refuse('Invalid token: algorithm used is not HS256');
  if (read(claims)['iss'] !== SERVICE) throw refuse('Invalid token: service not found');
  const right = createHmac('sha256', SECRET).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw refuse('Invalid token: API key not found');
  if (!(Math.abs(Number(read(claims)['iat']) - Date.now() / 1000) <= 30)) {
    throw refuse('Error: Your system clock must be accurate to within 30 seconds');
  }
}

async function readText(request: IncomingMessage): Promise<Text> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const given = JSON.parse(Buffer.concat(chunks).toString()) as {
    phone_number?: string;
    template_id?: string;
    personalisation?: Record<string, string>;
    reference?: string;
  };
  const to = ukMobile(given.phone_number ?? '');
  if (to === undefined) throw new Refusal(400, 'ValidationError', 'phone_number Not a UK mobile number');
  if (!/^[0-9a-f-]{36}$/.test(given.template_id ?? '')) {
    throw new Refusal(400, 'ValidationError', 'template_id is not a valid UUID');
  }
  // The template of this service is one placeholder, which holds the whole message.
  const body = given.personalisation?.['body'];
  if (body === undefined) throw new Refusal(400, 'BadRequestError', 'Missing personalisation: body');
  return { id: randomUUID(), to, body, reference: given.reference ?? null };
}

/** Any way to write a UK mobile number, as +447…; nothing when it is none. */
function ukMobile(written: string): string | undefined {
  const national = written.replaceAll(/[ ()+-]/g, '').replace(/^0+/, '').replace(/^44/, '').replace(/^0+/, '');
  return /^7\d{9}$/.test(national) ? `+44${national}` : undefined;
}
