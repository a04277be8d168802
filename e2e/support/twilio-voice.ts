// The telephone network behind a stand-in for Twilio Programmable Voice, which nobody can run for themselves. It follows the
// public documentation (https://www.twilio.com/docs/voice) as far as calls go that say something and wait for a key. In the
// test's hand each call is a phone: it is answered, declined, left to ring, and its keys are pressed.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nextFrom } from './messages.ts';

/** How a call stands (https://www.twilio.com/docs/voice/api/call-resource#call-status-values). */
type Status = 'queued' | 'initiated' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'no-answer';

/** The event that tells of a status; ends have one in common. */
const EVENTS: Record<Status, string | undefined> = {
  queued: undefined,
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'completed',
  'no-answer': 'completed',
};

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export class TwilioVoice {
  static readonly ACCOUNT = 'AC5d41402abc4b2a76b9719d911017c592';
  static readonly TOKEN = '7d793037a0760186574b0282f2f435e7';
  static readonly NUMBER = '+441632960123';
  /** Twilio places no call, and answers the next one with this code (https://www.twilio.com/docs/api/errors). */
  refuses: number | undefined;
  private readonly calls: PhoneCall[] = [];

  private constructor(private readonly server: Server) {}

  static async connect(): Promise<TwilioVoice> {
    const server = createServer();
    const twilio = new TwilioVoice(server);
    server.on('request', async (request, response) => {
      const answer = await twilio.answer(request).catch((why: unknown) => {
        const { status, code, message } = why instanceof Refusal ? why : new Refusal(500, 20500, String(why));
        const more_info = `https://www.twilio.com/docs/errors/${code}`;
        return { status, body: { code, message, more_info, status } };
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return twilio;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The calls to a number, oldest first. */
  to(number: string): PhoneCall[] {
    return this.calls.filter((call) => call.to === e164(number));
  }

  /** Does something that calls a number, and returns the call. The phone does not ring yet. */
  next(number: string, act: () => Promise<unknown>): Promise<PhoneCall> {
    return nextFrom(async () => this.to(number), `a call to ${number}`, act);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: object }> {
    checkAccount(request.headers.authorization);
    if (request.method !== 'POST' || request.url !== `/2010-04-01/Accounts/${TwilioVoice.ACCOUNT}/Calls.json`) {
      throw new Refusal(404, 20404, `The requested resource ${request.url} was not found`);
    }
    const call = new PhoneCall(await readForm(request));
    if (this.refuses !== undefined) {
      const code = this.refuses;
      this.refuses = undefined;
      throw new Refusal(400, code, 'The call cannot be placed');
    }
    this.calls.push(call);
    const { sid, to, from } = call;
    const body = { sid, to, from, account_sid: TwilioVoice.ACCOUNT, api_version: '2010-04-01' };
    return { status: 201, body: { ...body, direction: 'outbound-api', status: 'queued' } };
  }
}

/** One call, as whoever holds the phone meets it. Each of its acts is over when the product has been told. */
export class PhoneCall {
  readonly sid = `CA${randomBytes(16).toString('hex')}`;
  readonly to: string;
  readonly from: string;
  /** What has been heard, in words. */
  heard = '';

  private readonly url: string;
  private readonly method: string;
  private readonly statusCallback: string | undefined;
  private readonly events: string[];
  private status: Status = 'queued';
  private told = 0;
  private gather: Gather | undefined;

  constructor(form: URLSearchParams) {
    const need = (name: string, code: number) => {
      const value = form.get(name);
      if (!value) throw new Refusal(400, code, `${name} is required`);
      return value;
    };
    this.to = need('To', 21201);
    this.from = need('From', 21213);
    this.url = need('Url', 21205);
    this.method = form.get('Method') ?? 'POST';
    this.statusCallback = form.get('StatusCallback') ?? undefined;
    this.events = form.getAll('StatusCallbackEvent');
    if (this.events.length === 0) this.events.push('completed');
    if (!/^\+[1-9]\d{6,14}$/.test(this.to)) throw new Refusal(400, 21211, 'Invalid "To" phone number');
    if (this.from !== TwilioVoice.NUMBER) throw new Refusal(400, 21210, '"From" is not a number of this account');
    if (!URL.canParse(this.url)) throw new Refusal(400, 21205, 'Url is not a valid URL');
    const unknown = this.events.filter((event) => !Object.values(EVENTS).includes(event));
    if (unknown.length > 0) throw new Refusal(400, 21626, `Invalid StatusCallbackEvent: ${unknown.join()}`);
    const ring = Number(form.get('Timeout') ?? 60);
    if (!(ring > 0 && ring <= 600)) throw new Refusal(400, 21222, 'Timeout is out of range');
  }

  /** The phone rings. */
  async rings(): Promise<void> {
    await this.becomes('initiated', 'queued');
    await this.becomes('ringing', 'initiated');
  }

  /** Somebody, or something, takes the call, and hears what is said until a key is waited for. */
  async isAnswered(): Promise<void> {
    await this.becomes('in-progress', 'ringing');
    await this.obeys(await this.asks(this.url, this.method));
  }

  /** A key of the twelve, while the call waits for one. */
  async presses(key: string): Promise<void> {
    const gather = this.waits();
    if (key === gather.finishOnKey) return this.gathered(gather.digits);
    gather.digits += key;
    if (gather.digits.length >= gather.numDigits) await this.gathered(gather.digits);
  }

  /** All is said, and no key comes: a voicemail does so. */
  async hearsAll(): Promise<void> {
    await this.gathered(this.waits().digits);
  }

  /** Whoever took the call ends it. */
  async hangsUp(): Promise<void> {
    this.waits();
    await this.ends();
  }

  /** The line is engaged, or the call is declined. */
  async isEngaged(): Promise<void> {
    await this.becomes('busy', 'ringing');
  }

  /** It rings until nobody waits any longer. */
  async isNotAnswered(): Promise<void> {
    await this.becomes('no-answer', 'ringing');
  }

  private async becomes(status: Status, after: Status): Promise<void> {
    if (this.status !== after) throw new Error(`a call that is ${this.status} does not become ${status}`);
    this.status = status;
    const event = EVENTS[status];
    if (this.statusCallback === undefined || event === undefined || !this.events.includes(event)) return;
    const sequence = { SequenceNumber: String(this.told++), CallbackSource: 'call-progress-events' };
    const more = { ...sequence, Timestamp: new Date().toUTCString(), ...(event === 'completed' && { CallDuration: '7' }) };
    await this.asks(this.statusCallback, 'POST', more);
  }

  private async ends(): Promise<void> {
    this.gather = undefined;
    await this.becomes('completed', 'in-progress');
  }

  private waits(): Gather {
    if (!this.gather) throw new Error('the call does not wait for a key');
    return this.gather;
  }

  /** What was keyed goes to the action; where it is nothing, only if that is asked for, and the next verb comes otherwise. */
  private async gathered(digits: string): Promise<void> {
    const { action, method, actionOnEmptyResult, next } = this.waits();
    this.gather = undefined;
    if (digits === '' && !actionOnEmptyResult) return this.does(next);
    await this.obeys(await this.asks(action, method, { Digits: digits }));
  }

  private async obeys(twiml: string): Promise<void> {
    const response = parse(twiml);
    if (response.name !== 'Response') throw new Error(`12100: no TwiML:\n${twiml}`);
    await this.does(response.children);
  }

  private async does(verbs: Element[]): Promise<void> {
    for (const [at, verb] of verbs.entries()) {
      switch (verb.name) {
        case 'Say':
        case 'Play':
        case 'Pause':
          this.hears(verb);
          break;
        case 'Gather':
          verb.children.forEach((said) => this.hears(said));
          this.gather = new Gather(verb, this.url, verbs.slice(at + 1));
          return;
        case 'Hangup':
          return this.ends();
        default:
          throw new Error(`12200: <${verb.name}> is not known here`);
      }
    }
    // Nothing more is to be done: Twilio hangs up.
    await this.ends();
  }

  private hears({ name, text, attributes }: Element): void {
    if (name === 'Say' && text === '') throw new Error('13520: <Say> says nothing');
    if (name === 'Say') this.heard = `${this.heard} ${text}`.trim();
    else if (name === 'Play') this.heard = `${this.heard} [${text}]`.trim();
    else if (name !== 'Pause' || !(Number(attributes['length'] ?? 1) >= 0)) throw new Error(`12200: <${name}> cannot be heard`);
  }

  /** A request of Twilio's, signed (https://www.twilio.com/docs/usage/webhooks/webhooks-security). */
  private async asks(to: string, method: string, more: Record<string, string> = {}): Promise<string> {
    if (method !== 'POST') throw new Error(`these tests ask by POST, not by ${method}`);
    const url = new URL(to, this.url).href;
    const form: Record<string, string> = {
      CallSid: this.sid,
      AccountSid: TwilioVoice.ACCOUNT,
      ApiVersion: '2010-04-01',
      CallStatus: this.status,
      Direction: 'outbound-api',
      From: this.from,
      To: this.to,
      Called: this.to,
      Caller: this.from,
      CalledCountry: 'GB',
      ...more,
    };
    const signed = Object.keys(form).sort().reduce((text, name) => text + name + form[name], url);
    const answer = await fetch(url, {
      method,
      headers: { 'x-twilio-signature': createHmac('sha1', TwilioVoice.TOKEN).update(signed).digest('base64') },
      body: new URLSearchParams(form),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`11200: ${url} answers ${answer.status} ${text}`);
    const type = answer.headers.get('content-type') ?? '';
    if (text !== '' && !/^(text|application)\/xml\b/.test(type)) throw new Error(`12300: ${url} answers ${type}`);
    return text;
  }
}

/** <Gather> (https://www.twilio.com/docs/voice/twiml/gather), with what it does where an attribute is missing. */
class Gather {
  readonly action: string;
  readonly method: string;
  readonly numDigits: number;
  readonly finishOnKey: string;
  readonly actionOnEmptyResult: boolean;
  digits = '';

  constructor(
    { attributes }: Element,
    document: string,
    /** What comes after it. */
    readonly next: Element[],
  ) {
    if (!(attributes['input'] ?? 'dtmf').split(' ').includes('dtmf')) throw new Error('13335: no keys are gathered');
    this.action = attributes['action'] ?? document;
    this.method = attributes['method'] ?? 'POST';
    this.numDigits = Number(attributes['numDigits'] ?? Number.POSITIVE_INFINITY);
    // Not set is not the same as empty.
    this.finishOnKey = attributes['finishOnKey'] ?? '#';
    this.actionOnEmptyResult = attributes['actionOnEmptyResult'] === 'true';
  }
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  /** The characters in it, without those of its children. */
  text: string;
  children: Element[];
}

/** XML as far as TwiML needs it: elements, attributes and text, well-formed. */
function parse(xml: string): Element {
  const top: Element = { name: '', attributes: {}, text: '', children: [] };
  const open = [top];
  const fail = (why: string) => new Error(`12100: ${why}:\n${xml}`);
  const tokens = /<\?xml [^>]*\?>|<(\/?)([A-Za-z]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
  for (const [, closing, name, attributes, empty, text, stray] of xml.matchAll(tokens)) {
    const current = open.at(-1) as Element;
    if (stray !== undefined) throw fail('what begins here is no element');
    if (text !== undefined) current.text += unescaped(text);
    if (name === undefined) continue;
    if (closing) {
      if (open.pop()?.name !== name) throw fail(`</${name}> closes nothing`);
      current.text = current.text.trim();
      continue;
    }
    const pairs = [...(attributes ?? '').matchAll(/([\w-]+)="([^"]*)"/g)];
    const given = Object.fromEntries(pairs.map(([, key, value]) => [key as string, unescaped(value ?? '')]));
    const element: Element = { name, attributes: given, text: '', children: [] };
    current.children.push(element);
    if (!empty) open.push(element);
  }
  const [root] = top.children;
  if (open.length !== 1 || !root || top.children.length !== 1) throw fail('not well-formed');
  return root;
}

function unescaped(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    const sign = entities[name];
    if (sign === undefined || !whole.endsWith(';')) throw new Error(`12100: ${whole} stands for nothing`);
    return sign;
  });
}

/** HTTP Basic: the account's SID and its auth token. */
function checkAccount(authorization: string | undefined): void {
  const right = Buffer.from(`${TwilioVoice.ACCOUNT}:${TwilioVoice.TOKEN}`);
  const given = Buffer.from(authorization?.replace(/^Basic /, '') ?? '', 'base64');
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new Refusal(401, 20003, 'Authenticate');
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** A UK number as +44…. */
function e164(written: string): string {
  return written.replaceAll(/\D/g, '').replace(/^0/, '+44');
}
