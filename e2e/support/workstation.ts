// A computer on a ward, or at the Registration Authority: the real PC/SC service with two readers, virtual cards to put into them, and
// the real card program. The test plays the desktop, which starts the program for a link of its own kind, and whoever types into its
// windows.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import type { House } from './house.ts';
import { start, type Program } from './programs.ts';

const BUILT = resolve('../target/debug');
const run = promisify(execFile);

/** What is typed by somebody who closes the window. */
export const CANCEL = 'cancel';

// Speaks as much of the protocol of windows for passcodes as is asked, and writes down what the windows show. It agrees to everything but
// what is to be declined, and types a line of the file `typed` into each window, the last one again and again. While there is a file
// `held` it waits.
const PINENTRY = (folder: string) => `#!/bin/sh
cd '${folder}' || exit 1
echo "OK at your service"
while read -r line; do
  printf '%s\\n' "$line" >>windows
  case "$line" in
    SETDESC*) asked=$line; echo OK ;;
    CONFIRM*)
      case "$asked" in
        *"$(cat declined)"*) echo "ERR 83886179 Operation cancelled" ;;
        *) echo OK ;;
      esac ;;
    GETPIN*)
      while [ -e held ]; do sleep 0.01; done
      typed=$(head -n 1 typed)
      [ "$(wc -l <typed)" -gt 1 ] && sed -i 1d typed
      case "$typed" in
        ${CANCEL}) echo "ERR 83886179 Operation cancelled" ;;
        *) echo "D $typed"; echo OK ;;
      esac ;;
    BYE*) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
`;

const NOTHING = 'nothing is declined';

/** What a card does in the reader. */
export interface Habits {
  /** After how many commands it is pulled out by itself. */
  leaves?: number;
  /** How many milliseconds it takes for each answer; a card of plastic takes its time. */
  pace?: number;
}

/** A card as it comes from the house's bureau: blocked and blank. */
export class Card {
  private constructor(
    readonly guid: string,
    /** What makes it, the first time that it is put in. */
    readonly made: string,
  ) {}

  static async ofTheBureau(house: House): Promise<Card> {
    const guid = randomBytes(16).toString('hex');
    const { stdout } = (await house.fobwatch('keys', 'card', guid)) as { stdout: string };
    const [unblocking = '', management = ''] = [/unblocking key (\S+)/, /management key (\S+)/].map((key) => key.exec(stdout)?.[1]);
    house.secrets.push(unblocking, management);
    return new Card(guid, `--guid ${guid} --blocked --puk ${unblocking} --management-key ${management}`);
  }
}

export class Workstation {
  private acts = 0;

  private constructor(
    /** The first card, which is in the first reader. */
    readonly card: Card,
    /** Everything of this computer lies here, and each card in a folder of its own. */
    readonly folder: string,
    private readonly bed: Program,
  ) {}

  /** The number of the first card. */
  get guid(): string {
    return this.card.guid;
  }

  /** With a blank card of the house's bureau in the first reader. */
  static async open(house: House): Promise<Workstation> {
    const folder = await mkdtemp(join(tmpdir(), 'fobwatch-ward-'));
    const bed = await start(
      ['unshare', '--net', '--mount', 'sh', resolve('support/card-bed.sh'), folder, join(BUILT, 'vcard')],
      { ready: 'card-bed is ready' },
    );
    const pinentry = join(folder, 'pinentry');
    await writeFile(pinentry, PINENTRY(folder));
    await chmod(pinentry, 0o755);
    await writeFile(join(folder, 'declined'), NOTHING);
    await writeFile(join(folder, 'card-agent.toml'), `portals = ["${house.url}"]\npinentry = "${pinentry}"\n`);
    const ward = new Workstation(await Card.ofTheBureau(house), folder, bed);
    await ward.types('');
    await ward.putsIn(ward.card);
    return ward;
  }

  /** How what works a card finds the service. */
  get env(): Record<string, string> {
    return { PCSCLITE_CSOCK_NAME: join(this.folder, 'pcscd.comm'), FOBWATCH_CARD_LOG: 'info' };
  }

  /** The card program as this computer has it set up. */
  get program(): string[] {
    return [join(BUILT, 'fobwatch-card'), '--settings', join(this.folder, 'card-agent.toml')];
  }

  /** Puts a card into the first reader, or the second. */
  async putsIn(card: Card, reader: 0 | 1 = 0, { leaves, pace }: Habits = {}): Promise<void> {
    const pulled = leaves === undefined ? '' : ` --pull-after ${String(leaves)}`;
    const paced = pace === undefined ? '' : ` --pace ${String(pace)}`;
    await this.hands(`in ${String(reader)} ${kept(card)} ${card.made}${pulled}${paced}`);
    // One that leaves by itself may be gone already.
    if (leaves === undefined) await this.shows(reader, true);
  }

  /**
   * Takes the first card for a copy of it, which is the same but for what `changed` makes of its certificate to sign in with, and puts
   * that into the first reader.
   */
  async putsInACopy(to: string, changed: (der: Buffer) => Promise<Buffer>): Promise<void> {
    await cp(join(this.folder, kept(this.card)), join(this.folder, to), { recursive: true });
    const file = join(this.folder, to, 'card.json');
    const card = JSON.parse(await readFile(file, 'utf8')) as { objects: Record<string, number[]> };
    const content = Buffer.from(card.objects[CERTIFICATE] ?? []);
    card.objects[CERTIFICATE] = [...certificateObject(await changed(certificateOf(content)))];
    await writeFile(file, JSON.stringify(card));
    await this.hands(`in 0 ${to} ${this.card.made}`);
    await this.shows(0, true);
  }

  async takesOut(reader: 0 | 1 = 0): Promise<void> {
    await this.hands(`out ${String(reader)}`);
    await this.shows(reader, false);
  }

  /** Waits until the service knows whether there is a card in a reader. */
  private async shows(reader: 0 | 1, card: boolean): Promise<void> {
    const line = new RegExp(`^${String(reader)}\\s+${card ? 'Yes' : 'No'}\\b`, 'm');
    const readers = () => run('opensc-tool', ['--list-readers'], { env: { ...process.env, ...this.env } });
    await expect.poll(async () => (await readers()).stdout, { intervals: [50] }).toMatch(line);
  }

  private async hands(act: string): Promise<void> {
    this.acts += 1;
    const number = String(this.acts);
    await appendFile(join(this.folder, 'hands'), `${number} ${act}\n`);
    const done = () => readFile(join(this.folder, 'done'), 'utf8').catch(() => '');
    await expect.poll(async () => (await done()).trim(), { intervals: [50] }).toBe(number);
  }

  /** *Open the card program*: the desktop starts it for the link on the page; it returns when the program has ended. */
  async opensTheCardProgram(page: Page): Promise<void> {
    await test.step('open the card program', async () => {
      const link = await page.getByRole('button', { name: 'Open the card program' }).getAttribute('href');
      expect(link).toMatch(/^fobwatch-card:job\?/);
      await this.starts(link ?? '');
    });
  }

  /** The same with a link that was read before. */
  async starts(link: string): Promise<void> {
    const [program = '', ...settings] = this.program;
    await run(program, [...settings, 'job', link], { env: { ...process.env, ...this.env } }).catch((why: { stderr?: string }) =>
      console.log(why.stderr),
    );
  }

  /** What somebody types into the program's windows from now on, one after the other, and the last one again and again. */
  async types(...passcodes: string[]): Promise<void> {
    await writeFile(join(this.folder, 'typed'), passcodes.join('\n') + '\n');
    await writeFile(join(this.folder, 'windows'), '');
  }

  /** Somebody looks for the passcode, and types it when it is `released`. */
  async waits(): Promise<{ released: () => Promise<void> }> {
    const held = join(this.folder, 'held');
    await writeFile(held, '');
    return { released: () => rm(held) };
  }

  /** Questions with these words in them are answered by *Cancel* from now on; without words, none are. */
  async declines(words = NOTHING): Promise<void> {
    await writeFile(join(this.folder, 'declined'), words);
  }

  /** What the program's windows showed since somebody last began to type. */
  async windows(): Promise<string> {
    return decodeURIComponent(await readFile(join(this.folder, 'windows'), 'utf8'));
  }

  async close(): Promise<void> {
    await this.bed.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The folder of a card. */
const kept = (card: Card) => `card-${card.guid}`;

// The certificate for signing in, by its tag on the card (SP 800-73, 5FC105), as the card keeps it.
const CERTIFICATE = String(0x5fc105);

const CERTIFICATE_TAG = 0x70;

/** The certificate in its object: tag, two bytes of length behind 82, content. */
function certificateOf(content: Buffer): Buffer {
  expect([...content.subarray(0, 2)]).toEqual([CERTIFICATE_TAG, 0x82]);
  return content.subarray(4, 4 + content.readUInt16BE(2));
}

/** The object of a certificate that is not compressed (71), without an error code (FE). */
function certificateObject(der: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(der.length);
  return Buffer.concat([Buffer.from([CERTIFICATE_TAG, 0x82]), length, der, Buffer.from([0x71, 0x01, 0x00, 0xfe, 0x00])]);
}
