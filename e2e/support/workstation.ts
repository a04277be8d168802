// A computer on a ward: the real PC/SC service with a virtual card in its reader, and the real card program. The test plays the
// desktop, which starts the program for a link of its own kind, and whoever types into its windows.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

// Speaks as much of the protocol of windows for passcodes as is asked, and writes down what the windows show. It agrees to everything,
// and types a line of the file `typed` into each window, the last one again and again. While there is a file `held` it waits.
const PINENTRY = (folder: string) => `#!/bin/sh
cd '${folder}' || exit 1
echo "OK at your service"
while read -r line; do
  printf '%s\\n' "$line" >>windows
  case "$line" in
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

export class Workstation {
  private card: Program | undefined;

  private constructor(
    /** What is printed on the card, and its number. */
    readonly guid: string,
    /** Everything of this computer lies here; the card's own folder is `card`. */
    readonly folder: string,
    private readonly bed: Program,
    private readonly blank: string[],
  ) {}

  /** A blank card of the house's bureau in the reader. */
  static async open(house: House): Promise<Workstation> {
    const folder = await mkdtemp(join(tmpdir(), 'fobwatch-ward-'));
    const guid = randomBytes(16).toString('hex');
    const { stdout } = (await house.fobwatch('keys', 'card', guid)) as { stdout: string };
    const [unblocking = '', management = ''] = [/unblocking key (\S+)/, /management key (\S+)/].map((key) => key.exec(stdout)?.[1]);
    house.secrets.push(unblocking, management);
    const bed = await start(['unshare', '--net', '--mount', 'sh', resolve('support/card-bed.sh'), folder], {
      ready: 'card-bed is ready',
    });
    const pinentry = join(folder, 'pinentry');
    await writeFile(pinentry, PINENTRY(folder));
    await chmod(pinentry, 0o755);
    await writeFile(join(folder, 'card-agent.toml'), `portals = ["${house.url}"]\npinentry = "${pinentry}"\n`);
    const blank = ['--guid', guid, '--blocked', '--puk', unblocking, '--management-key', management];
    const ward = new Workstation(guid, folder, bed, blank);
    await ward.types('');
    await ward.inserts();
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

  /** Puts the card in: the one that was here before, or the one that is kept in another folder. */
  async inserts(card = 'card'): Promise<void> {
    const bed = (await readFile(join(this.folder, 'bed.pid'), 'utf8')).trim();
    this.card = await start(
      [
        'nsenter', `--net=/proc/${bed}/ns/net`, join(BUILT, 'vcard'),
        'connect', '127.0.0.1:35963', '--folder', join(this.folder, card), ...this.blank,
      ],
      { ready: () => this.holdsCard() },
    );
  }

  async pullsOut(): Promise<void> {
    await this.card?.stop();
    this.card = undefined;
    await expect.poll(() => this.holdsCard()).toBe(false);
  }

  private async holdsCard(): Promise<boolean> {
    const { stdout } = await run('opensc-tool', ['--list-readers'], { env: { ...process.env, ...this.env } });
    return /\bYes\b/.test(stdout);
  }

  /** Another card beside the first, which is the same but for what `changed` makes of its certificate to sign in with. */
  async copiesCard(to: string, changed: (der: Buffer) => Promise<Buffer>): Promise<void> {
    await cp(join(this.folder, 'card'), join(this.folder, to), { recursive: true });
    const file = join(this.folder, to, 'card.json');
    const card = JSON.parse(await readFile(file, 'utf8')) as { objects: Record<string, number[]> };
    const content = Buffer.from(card.objects[CERTIFICATE] ?? []);
    card.objects[CERTIFICATE] = [...certificateObject(await changed(certificateOf(content)))];
    await writeFile(file, JSON.stringify(card));
  }

  /** *Open the card program*: the desktop starts it for the link on the page; then the page says how it ended. */
  async opensTheCardProgram(page: Page): Promise<void> {
    await test.step('open the card program', async () => {
      const link = await page.getByRole('button', { name: 'Open the card program' }).getAttribute('href');
      expect(link).toMatch(/^fobwatch-card:job\?/);
      const [program = '', ...settings] = this.program;
      await run(program, [...settings, 'job', link ?? ''], { env: { ...process.env, ...this.env } }).catch(
        (why: { stderr?: string }) => console.log(why.stderr),
      );
    });
  }

  /** What somebody types into the program's windows from now on, one after the other. */
  async types(...passcodes: string[]): Promise<void> {
    await writeFile(join(this.folder, 'typed'), passcodes.join('\n') + '\n');
    await writeFile(join(this.folder, 'windows'), '');
  }

  /** What the windows showed since somebody last began to type. */
  async windows(): Promise<string> {
    return decodeURIComponent(await readFile(join(this.folder, 'windows'), 'utf8'));
  }

  /** Somebody looks for the passcode, and types it when it is `released`. */
  async waits(): Promise<{ released: () => Promise<void> }> {
    const held = join(this.folder, 'held');
    await writeFile(held, '');
    return { released: () => rm(held) };
  }

  async close(): Promise<void> {
    await this.card?.stop();
    await this.bed.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

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
