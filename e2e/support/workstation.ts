// A computer on a ward, or at the Registration Authority: the real PC/SC service with two readers, virtual cards to put into them, and
// the real card program. The test plays the desktop, which starts the program for a link of its own kind, and whoever types into its
// windows.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import type { House } from './house.ts';
import { start, type Program } from './programs.ts';

const BUILT = resolve('../target/debug');

// Speaks as much of the protocol of windows for passcodes as is asked: it agrees, and types what the file beside it holds.
const PINENTRY = (folder: string) => `#!/bin/sh
echo "OK at your service"
while read -r line; do
  case "$line" in
    SETDESC*) asked=$line; echo "$line" >>'${folder}/windows'; echo OK ;;
    CONFIRM*)
      case "$asked" in
        *"$(cat '${folder}/declined')"*) echo "ERR 83886179 Operation cancelled" ;;
        *) echo OK ;;
      esac ;;
    GETPIN*) echo "D $(cat '${folder}/typed')"; echo OK ;;
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
    private readonly folder: string,
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
    await writeFile(join(folder, 'typed'), '');
    await writeFile(join(folder, 'declined'), NOTHING);
    await writeFile(join(folder, 'card-agent.toml'), `portals = ["${house.url}"]\npinentry = "${pinentry}"\n`);
    const ward = new Workstation(await Card.ofTheBureau(house), folder, bed);
    await ward.putsIn(ward.card);
    return ward;
  }

  /** Puts a card into the first reader, or the second. */
  async putsIn(card: Card, reader: 0 | 1 = 0, { leaves, pace }: Habits = {}): Promise<void> {
    const pulled = leaves === undefined ? '' : ` --pull-after ${String(leaves)}`;
    const paced = pace === undefined ? '' : ` --pace ${String(pace)}`;
    await this.hands(`in ${String(reader)} card-${card.guid} ${card.made}${pulled}${paced}`);
  }

  async takesOut(reader: 0 | 1 = 0): Promise<void> {
    await this.hands(`out ${String(reader)}`);
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
    await promisify(execFile)(
      join(BUILT, 'fobwatch-card'),
      ['--settings', join(this.folder, 'card-agent.toml'), 'job', link],
      { env: { ...process.env, PCSCLITE_CSOCK_NAME: join(this.folder, 'pcscd.comm'), FOBWATCH_CARD_LOG: 'info' } },
    ).catch((why: { stderr?: string }) => console.log(why.stderr));
  }

  /** What somebody types into the program's windows from now on. */
  async types(passcode: string): Promise<void> {
    await writeFile(join(this.folder, 'typed'), passcode);
  }

  /** Questions with these words in them are answered by *Cancel* from now on; without words, none are. */
  async declines(words = NOTHING): Promise<void> {
    await writeFile(join(this.folder, 'declined'), words);
  }

  /** What the program's windows have said since it was asked the last time. */
  async windows(): Promise<string> {
    const file = join(this.folder, 'windows');
    const said = await readFile(file, 'utf8').catch(() => '');
    await rm(file, { force: true });
    return said.replaceAll(/%([0-9A-F]{2})/g, (_, byte: string) => String.fromCharCode(parseInt(byte, 16)));
  }

  async close(): Promise<void> {
    await this.bed.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
