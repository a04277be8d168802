// The demonstration as somebody sees it who typed `./demo`: portal and phone in their frames, and the clock above them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test as base, type FrameLocator, type Page } from '@playwright/test';
import { freePort, start } from './programs.ts';

const FOBWATCH = resolve('../target/debug/fobwatch');

/** Somebody on the list below the portal. */
export interface Invented {
  name: string;
  email: string;
  /** Day, month and year in words. */
  born: string[];
  mobile: string;
}

export class Demonstration {
  readonly portal: FrameLocator;
  readonly phone: FrameLocator;
  readonly clock: FrameLocator;
  readonly reader: FrameLocator;

  constructor(
    readonly page: Page,
    readonly url: string,
  ) {
    this.portal = page.frameLocator('iframe[name=portal]');
    this.phone = page.frameLocator('iframe[name=phone]');
    this.clock = page.frameLocator('iframe[name=clock]');
    this.reader = page.frameLocator('iframe[name=reader]');
  }

  async opens(): Promise<void> {
    await this.page.goto(`${this.url}/demo`);
    await expect(this.portal.getByRole('heading', { level: 1 })).toHaveText(/Who do you work for/);
  }

  /** Reads a row of the list and takes that person's phone into the hand. */
  async plays(name: string): Promise<Invented> {
    const row = this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name, exact: true }) });
    const [email = '', born = '', mobile = ''] = await row.getByRole('cell').allInnerTexts();
    await row.getByRole('link').click();
    await expect(this.phone.getByLabel('Phone of')).toHaveValue(email);
    return { name, email, born: born.split(' '), mobile };
  }

  /** Works the portal: a button, or a link that looks like one. */
  async press(name: string): Promise<void> {
    await this.portal.getByRole('button', { name, exact: true }).or(this.portal.getByRole('link', { name, exact: true })).click();
  }

  async type(field: string, text: string): Promise<void> {
    await this.portal.locator('main').getByLabel(field, { exact: true }).fill(text);
  }

  async choose(option: string): Promise<void> {
    await this.portal.getByRole('radio', { name: option, exact: true }).check();
  }

  async reads(heading: RegExp): Promise<void> {
    await expect(this.portal.getByRole('heading', { level: 1 })).toHaveText(heading);
  }

  async turnsTheClock(button: string): Promise<void> {
    const before = await this.clock.locator('main').innerText();
    await this.page.getByRole('button', { name: button, exact: true }).click();
    await expect(this.clock.locator('main')).not.toHaveText(before);
  }

  async opensTheApp(app: 'Mail' | 'Messages' | 'Codes'): Promise<void> {
    const apps = this.phone.getByRole('navigation', { name: 'Apps' });
    await apps.getByRole('link', { name: new RegExp(`${app}$`) }).click();
  }

  /** Opens the newest message that nobody has opened, and returns the code in it. */
  async opensTheNewest(app: 'Mail' | 'Messages'): Promise<string> {
    await this.opensTheApp(app);
    await expect(this.phone.getByRole('heading', { level: 1 })).toHaveText(app);
    await this.phone.getByRole('button', { name: /^Unread:/ }).first().click();
    const text =
      app === 'Mail'
        ? await this.phone.frameLocator('.opened__mail').locator('body').innerText()
        : await this.phone.locator('.opened__bubble').innerText();
    const code = text.split(/[^0-9]+/).find((run) => run.length === 6);
    if (code === undefined) throw new Error(`no code in:\n${text}`);
    return code;
  }

  /** Puts a smartcard into the reader; one that is in it makes room. */
  async putsIn(card: string): Promise<void> {
    await this.reader.getByLabel('Card', { exact: true }).selectOption(card);
    await this.reader.getByRole('button', { name: 'Put in' }).click();
    await expect(this.reader.locator('.card__label')).toHaveText(card);
  }

  /** Whatever an earlier test left in the reader comes out. */
  async takesOut(): Promise<void> {
    const out = this.reader.getByRole('button', { name: 'Take out' });
    const empty = this.reader.getByText('The reader is empty');
    await expect(out.or(empty).first()).toBeVisible();
    if (await out.isVisible()) await out.click();
    await expect(empty).toBeVisible();
  }

  /** The code that the authenticator shows for somebody's account. */
  async showsTheCodeOf({ email }: Invented): Promise<string> {
    await this.opensTheApp('Codes');
    const code = this.phone.getByRole('listitem').filter({ hasText: email }).locator('.codes__code');
    // A code works once: until the page is there anew it shows the one before.
    await expect(code).not.toHaveText(this.codeBefore);
    this.codeBefore = await code.innerText();
    return this.codeBefore;
  }

  /** The code that was read off the app last; none yet. */
  private codeBefore = 'none';
}

/** A test with a demonstration of its worker's own. */
export const test = base.extend<{ demo: Demonstration }, { served: string }>({
  served: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'fobwatch-demo-'));
      const port = await freePort();
      const url = `http://localhost:${port}`;
      const program = await start([FOBWATCH, 'demo', '--listen', `127.0.0.1:${port}`, '--data', folder], {
        ready: 'The demonstration is at',
      });
      await use(url);
      const code = await program.stop();
      await rm(folder, { recursive: true, force: true });
      expect(code, `it ends well when it is told to stop:\n${program.log()}`).toBe(0);
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  demo: async ({ page, served }, use) => {
    await use(new Demonstration(page, served));
  },
});

export { expect };
