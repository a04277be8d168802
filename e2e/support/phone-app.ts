// A phone with the authenticator on it, and its owner: they do what the app says.
import { expect, test, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { look } from './look.ts';
import { scanned, type Adds } from './wallet.ts';

/** The PIN of everybody in these tests. */
export const PIN = '284061';

export class PhoneApp implements Adds {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly attention: boolean,
  ) {}

  /** A phone of its own, apart from the computer. `attention`: whether every view is looked at closely. */
  static async of(browser: Browser, { attention = true, dark = false } = {}): Promise<PhoneApp> {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      colorScheme: dark ? 'dark' : 'light',
      hasTouch: true,
      locale: 'en-GB',
      timezoneId: 'Europe/London',
    });
    return new PhoneApp(context, await context.newPage(), attention);
  }

  press = (name: string) => this.page.getByRole('button', { name, exact: true }).click();
  type = (field: string, text: string) => this.page.getByLabel(field, { exact: true }).fill(text);
  button = (name: string) => this.page.getByRole('button', { name, exact: true });

  /** The heading of the view, where the focus is. */
  async reads(heading: string): Promise<void> {
    const shown = this.page.getByRole('heading', { level: 1 });
    await expect(shown).toHaveText(heading);
    await expect(this.page).toHaveTitle(`${heading} - Fobwatch Authenticator`);
    if (this.attention) await look(this.page, heading);
  }

  says = (words: string | RegExp) => expect(this.page.locator('#app')).toContainText(words);

  /** Opens the address of the QR code, adds the account and chooses a PIN. */
  async enrols(address: string, { first = true } = {}): Promise<void> {
    await test.step('the phone opens the address of the QR code', async () => {
      await this.page.goto(address);
      await this.reads('Add this account to the app?');
      expect(new URL(this.page.url()).hash, 'the code does not stay in the address').toBe('');
      await this.press('Add account');
      if (first) await this.choosesAPin();
      await this.reads('Your account is added');
      await this.press('Done');
    });
  }

  async choosesAPin(): Promise<void> {
    await this.reads('Choose a PIN');
    await this.type('PIN', PIN);
    await this.type('PIN again', PIN);
    await this.press('Save PIN');
  }

  async unlocks(pin = PIN): Promise<void> {
    await this.reads('The app is locked');
    await this.type('PIN', pin);
    await this.press('Unlock');
  }

  /** "Are you trying to sign in?": the number, and *Yes*. */
  async approves(number: string): Promise<void> {
    await this.reads('Are you trying to sign in?');
    await this.type('Number on your other screen', number);
    await this.press('Yes');
  }

  /** Holds the camera up to a QR code. These phones have none: what the code says is pasted, which is offered then. */
  async scans(link: string): Promise<void> {
    await this.press('Scan a QR code');
    await this.reads('Scan the QR code');
    await this.press('Enter the code by hand');
    await this.type('Code beside the QR code', link);
    await this.press('Continue');
  }

  /** Holds the camera up to a QR code on a screen: a camera that sees nothing but a picture of it. */
  async looksAt(qr: Locator): Promise<void> {
    const picture = (await qr.screenshot()).toString('base64');
    await this.page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      navigator.mediaDevices.getUserMedia = async () => {
        const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const screen = document.createElement('canvas');
        [screen.width, screen.height] = [image.width + 80, image.height + 80];
        const paper = screen.getContext('2d');
        const stream = screen.captureStream(10);
        // A stream has a new picture when something is painted.
        const paint = () => {
          paper?.fillRect(0, 0, screen.width, screen.height);
          paper?.drawImage(image, 40, 40);
        };
        if (paper) paper.fillStyle = 'white';
        paint();
        setInterval(paint, 100);
        return stream;
      };
    }, picture);
    await this.press('Scan a QR code');
  }

  /** Scans what the page offers, types the code of the text message, and adds the credential. */
  async adds(page: Page, txCode?: string): Promise<void> {
    await test.step('the phone scans the QR code and adds the credential', async () => {
      await this.scans(await scanned(page));
      await this.reads('Add this credential?');
      if (txCode) await this.type('Code from the text message', txCode);
      await this.press('Add');
      const isNew = this.page.getByRole('heading', { name: 'Choose a PIN' });
      await expect(isNew.or(this.page.getByRole('heading', { name: 'Added to your wallet' }))).toBeVisible();
      if (await isNew.isVisible()) await this.choosesAPin();
      await this.reads('Added to your wallet');
      await this.press('Done');
    });
  }

  /** Reads a text message for more than a minute, by the phone's clock, and comes back to the app. */
  async looksElsewhere(): Promise<void> {
    await this.page.evaluate(() => {
      const [seen, now] = [(hidden: boolean) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
      }, Date.now];
      seen(true);
      Date.now = () => now() + 61_000;
      seen(false);
      Date.now = now;
    });
  }

  close = () => this.context.close();
}
