// The whole product as it is served: the real program on SQLite, a mail server, a phone, and an organisation's roster.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test as base, type Page } from '@playwright/test';
import { ceremony, CertificateHost } from './authority.ts';
import { watch } from './look.ts';
import { Mailbox } from './mailbox.ts';
import { PEOPLE, roster } from './people.ts';
import { Phone } from './phone.ts';
import { freePort, start, type Program } from './programs.ts';
import { TwilioVoice } from './twilio-voice.ts';

const FOBWATCH = resolve('../target/debug/fobwatch');

/** Of the folder with the authority's keys. */
const PASSPHRASE = 'only for this test';

/** A password that attackers have: the only one on the house's list. */
export const STOLEN = 'violet tractor under nine bridges';

/** Credential types of a trust's own: what the files hold, by their names. */
export type Types = Record<string, string>;

export class House {
  /** What must never be in the log: passwords, codes, seeds. */
  readonly secrets: string[] = [];

  private constructor(
    readonly url: string,
    readonly mailbox: Mailbox,
    readonly phone: Phone,
    /** The program at the command line, with the house's own configuration. */
    readonly fobwatch: (...words: string[]) => Promise<unknown>,
    /** The file of the database. */
    readonly database: string,
    private readonly folder: string,
    private readonly program: Program,
    private readonly line: TwilioVoice | undefined,
    private readonly host: CertificateHost | undefined,
  ) {
    if (line) this.secrets.push(TwilioVoice.TOKEN);
  }

  /** What carries the calls of a house that has `calls`. */
  get calls(): TwilioVoice {
    if (!this.line) throw new Error('nobody is called from this house: test.use({ calls: true })');
    return this.line;
  }

  /** Where people sign in by certificate, in a house that has `certificates`. */
  get certificateHost(): CertificateHost {
    if (!this.host) throw new Error('nobody signs in by certificate here: test.use({ certificates: true })');
    return this.host;
  }

  /** The employer's list of people, as a file. */
  async imports(organisation: string, csv: string): Promise<void> {
    const file = join(this.folder, `${organisation}.csv`);
    await writeFile(file, csv);
    await this.fobwatch('roster', 'import', '--organisation', organisation, file);
  }

  /** The name of the authority that issues this house's certificates, as OpenSSL takes it. */
  async authorityName(): Promise<string> {
    const chain = join(this.folder, 'authority', 'chain.pem');
    const words = ['x509', '-in', chain, '-noout', '-subject', '-nameopt', 'compat'];
    const { stdout } = await promisify(execFile)('openssl', words);
    return stdout.trim().replace(/^subject=\s*/, '');
  }

  static async open(calls: boolean, smartcards = false, certificates = false, types: Types = {}): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), 'fobwatch-e2e-'));
    try {
      return await House.openIn(folder, calls, smartcards || certificates, certificates, types);
    } catch (why) {
      await rm(folder, { recursive: true, force: true });
      throw why;
    }
  }

  private static async openIn(folder: string, calls: boolean, smartcards: boolean, certificates: boolean, types: Types): Promise<House> {
    const mailbox = await Mailbox.open(folder);
    const phone = await Phone.switchOn();
    const line = calls ? await TwilioVoice.connect() : undefined;
    const host = certificates ? await CertificateHost.of(folder) : undefined;
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const ownTypes = join(folder, 'types');
    await mkdir(ownTypes);
    for (const [name, text] of Object.entries(types)) await writeFile(join(ownTypes, `${name}.toml`), text);
    const env: Record<string, string> = {
      FOBWATCH_PASSPORT__CREDENTIAL_TYPES: ownTypes,
      FOBWATCH_SERVER__LISTEN: `127.0.0.1:${port}`,
      FOBWATCH_SERVER__PUBLIC_URL: url,
      FOBWATCH_DATABASE__URL: `sqlite://${join(folder, 'fobwatch.db')}`,
      FOBWATCH_KEYS__FILE: join(folder, 'fobwatch.keys'),
      FOBWATCH_EMAIL__URL: mailbox.url,
      FOBWATCH_EMAIL__FROM: 'no-reply@northfield.example',
      FOBWATCH_TEXT__PROVIDER: 'govuk-notify',
      FOBWATCH_TEXT__BASE_URL: phone.baseUrl,
      FOBWATCH_TEXT__API_KEY: Phone.API_KEY,
      FOBWATCH_PASSWORDS__BREACHED_LIST: join(folder, 'stolen.list'),
      ...(smartcards && {
        FOBWATCH_SMARTCARDS__AUTHORITY: 'internal',
        FOBWATCH_SMARTCARDS__KEYS_FOLDER: join(folder, 'authority'),
        FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE: PASSPHRASE,
        FOBWATCH_SMARTCARDS__CHAIN: join(folder, 'authority', 'chain.pem'),
      }),
      ...host?.env,
      ...(line && {
        FOBWATCH_VOICE__PROVIDER: 'twilio',
        FOBWATCH_VOICE__BASE_URL: line.baseUrl,
        FOBWATCH_VOICE__USER: TwilioVoice.ACCOUNT,
        FOBWATCH_VOICE__API_KEY: TwilioVoice.TOKEN,
        FOBWATCH_VOICE__FROM: TwilioVoice.NUMBER,
      }),
    };
    const config = join(folder, 'fobwatch.toml');
    const people = join(folder, 'roster.csv');
    const stolen = join(folder, 'stolen.txt');
    await writeFile(config, '# All is said by the environment.\n');
    await writeFile(people, roster());
    await writeFile(stolen, `${createHash('sha1').update(STOLEN).digest('hex')}:3\n`);

    const told = (words: string[], typed = '') => {
      const running = promisify(execFile)(FOBWATCH, [...words, '--config', config], { env: { ...process.env, ...env } });
      running.child.stdin?.end(typed);
      return running;
    };
    const fobwatch = (...words: string[]) => told(words);
    const authority = join(folder, 'authority');
    if (certificates) await ceremony(authority, told);
    else if (smartcards) await told(['pki', 'demo', authority], `${PASSPHRASE}\n`);
    await fobwatch('passwords', 'build-list', stolen, join(folder, 'stolen.list'));
    await fobwatch('organisation', 'add', '--code', 'NTH', '--name', 'Northfield Hospitals');
    await fobwatch('roster', 'import', '--organisation', 'NTH', people);
    const program = await start([FOBWATCH, 'serve', '--config', config], {
      env,
      ready: () => fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false),
    });
    return new House(url, mailbox, phone, fobwatch, join(folder, 'fobwatch.db'), folder, program, line, host);
  }

  async close(): Promise<void> {
    const code = await this.program.stop();
    const log = this.program.log();
    this.phone.close();
    this.line?.close();
    await this.mailbox.close();
    await rm(this.folder, { recursive: true, force: true });
    expect(code, `the service ends well when it is told to stop:\n${log}`).toBe(0);
    const personal = PEOPLE.flatMap(({ email, mobile }) => [email, mobile.replaceAll(/\D/g, '').slice(-10)]);
    // Six digits also stand in the fraction of a second, and in longer numbers; what is longer is found wherever it stands.
    const told = [...this.secrets, ...personal].filter((secret) =>
      secret.length > 6
        ? log.toLowerCase().includes(secret.toLowerCase())
        : new RegExp(`(?<![\\d.])${secret.replaceAll(/\W/g, '\\$&')}(?!\\d)`, 'i').test(log),
    );
    expect(told, 'the log holds no secret and nothing personal').toEqual([]);
  }
}

/** A test with a house of its worker's own, and a page that may not complain. */
export const test = base.extend<{ page: Page }, { calls: boolean; smartcards: boolean; certificates: boolean; types: Types; apart: string; house: House }>({
  /** Whether people can be called, too. */
  calls: [false, { option: true, scope: 'worker' }],
  /** Whether cards are issued, by an authority of the house's own. */
  smartcards: [false, { option: true, scope: 'worker' }],
  /** Whether people can sign in by the certificates of their cards on a host for that. */
  certificates: [false, { option: true, scope: 'worker' }],
  /** Credential types of the trust's own. */
  types: [{}, { option: true, scope: 'worker' }],
  /** Why this house is nobody else's: tests that give the same reason share one, and all that give none. */
  apart: ['', { option: true, scope: 'worker' }],
  house: [
    async ({ calls, smartcards, certificates, types }, use) => {
      const house = await House.open(calls, smartcards, certificates, types);
      await use(house);
      await house.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ page, house }, use) => {
    const complaints = watch(page, house.url);
    await use(page);
    complaints();
  },
});

export { expect };
