// A computer on a ward: the real PC/SC service with a virtual card in its reader, and the real card program. The test plays the
// desktop, which starts the program for a link of its own kind, and whoever types into its windows.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
    GETPIN*) echo "D $(cat '${folder}/typed')"; echo OK ;;
    BYE*) echo OK; exit 0 ;;
    *) echo OK ;;
  esac
done
`;

export class Workstation {
  private constructor(
    /** What is printed on the card, and its number. */
    readonly guid: string,
    private readonly folder: string,
    private readonly bed: Program,
  ) {}

  /** A blank card of the house's bureau in the reader. */
  static async open(house: House): Promise<Workstation> {
    const folder = await mkdtemp(join(tmpdir(), 'fobwatch-ward-'));
    const guid = randomBytes(16).toString('hex');
    const { stdout } = (await house.fobwatch('keys', 'card', guid)) as { stdout: string };
    const [unblocking = '', management = ''] = [/unblocking key (\S+)/, /management key (\S+)/].map((key) => key.exec(stdout)?.[1]);
    house.secrets.push(unblocking, management);
    const bed = await start(
      [
        'unshare', '--net', '--mount', 'sh', resolve('support/card-bed.sh'), folder, join(BUILT, 'vcard'),
        '--guid', guid, '--blocked', '--puk', unblocking, '--management-key', management,
      ],
      { ready: 'card-bed is ready' },
    );
    const pinentry = join(folder, 'pinentry');
    await writeFile(pinentry, PINENTRY(folder));
    await chmod(pinentry, 0o755);
    await writeFile(join(folder, 'typed'), '');
    await writeFile(join(folder, 'card-agent.toml'), `portals = ["${house.url}"]\npinentry = "${pinentry}"\n`);
    return new Workstation(guid, folder, bed);
  }

  /** *Open the card program*: the desktop starts it for the link on the page; then the page says how it ended. */
  async opensTheCardProgram(page: Page): Promise<void> {
    await test.step('open the card program', async () => {
      const link = await page.getByRole('button', { name: 'Open the card program' }).getAttribute('href');
      expect(link).toMatch(/^fobwatch-card:job\?/);
      await promisify(execFile)(
        join(BUILT, 'fobwatch-card'),
        ['--settings', join(this.folder, 'card-agent.toml'), 'job', link ?? ''],
        { env: { ...process.env, PCSCLITE_CSOCK_NAME: join(this.folder, 'pcscd.comm'), FOBWATCH_CARD_LOG: 'info' } },
      ).catch((why: { stderr?: string }) => console.log(why.stderr));
    });
  }

  /** What somebody types into the program's windows from now on. */
  async types(passcode: string): Promise<void> {
    await writeFile(join(this.folder, 'typed'), passcode);
  }

  async close(): Promise<void> {
    await this.bed.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
