// What somebody does with a staff passport in a browser and a wallet on a phone.
import { expect, type Browser, type Page } from '@playwright/test';
import type { Email } from 'postal-mime';
import type { House } from './house.ts';
import { look } from './look.ts';
import { firstCode, nextFrom } from './messages.ts';
import type { Person } from './people.ts';
import type { Visitor } from './visitor.ts';
import type { Adds, Wallet } from './wallet.ts';

/** Does something that sends the code for a wallet, and returns it. */
export async function walletCode(house: House, person: Person, act: () => Promise<unknown>): Promise<string> {
  const code = await house.phone.code(person.mobile, act);
  house.secrets.push(code);
  return code;
}

/** Does something of which a person is told by text and by email, and returns the email. */
export async function told(house: House, person: Person, act: () => Promise<unknown>): Promise<Email> {
  let mail: Email | undefined;
  await nextFrom(async () => house.phone.to(person.mobile), 'the text', async () => {
    mail = await house.mailbox.next(person.email, act);
  });
  return mail as unknown as Email;
}

/** Collects the access key: somebody who is signed in and proved it just now. */
export async function collectsAccessKey(page: Page, house: House, visitor: Visitor, wallet: Adds): Promise<void> {
  const { person } = visitor;
  await page.goto(`${house.url}/passport/access-key`);
  await visitor.reads(/Collect your access key/);
  await visitor.look('Collect your access key');
  const code = await visitor.codeByText(() => visitor.press('Send Code'));
  await visitor.reads(/Enter the code from your phone/);
  await visitor.look('The code for the access key');
  await visitor.type('Verification code', code);
  const forWallet = await walletCode(house, person, () => visitor.press('Continue'));
  await visitor.reads(/Scan the QR code to add your access key/);
  await visitor.look('The QR code of the access key');
  const notice = await told(house, person, () => wallet.adds(page, forWallet));
  expect(notice.text).toContain('access key');
  await visitor.reads(/Access key added/);
  await visitor.look('Access key added');
}

/** Accepts a credential that waits for review, into this wallet. */
export async function accepts(page: Page, house: House, visitor: Visitor, wallet: Adds, title: string): Promise<void> {
  await page.goto(`${house.url}/passport`);
  await page.getByRole('link', { name: new RegExp(`^Review and add ?: ${title}`) }).click();
  await visitor.reads(new RegExp(title));
  const code = await walletCode(house, visitor.person, () => visitor.press('Accept credential and add it to my wallet'));
  await visitor.reads(/Scan the QR code to add your credential/);
  await visitor.look('The QR code of a credential');
  await wallet.adds(page, code);
  await visitor.reads(/Your staff passport/);
  await expect(page.getByRole('alert')).toContainText(`${title} has been successfully added to your wallet`);
  await visitor.look('Added');
}

/** From *Share your credentials* to the QR code. */
export async function asksToShare(page: Page, house: House, visitor: Visitor, trust: string, titles: string[]): Promise<void> {
  await page.goto(`${house.url}/passport/share`);
  await visitor.choose(trust);
  for (const title of titles) await visitor.tick(title);
  await visitor.press('Continue');
  await visitor.reads(/Are these the ones\?/);
  for (const words of [trust, ...titles]) await expect(page.getByRole('main')).toContainText(words);
  await visitor.look('Are these the ones');
  await visitor.press('Show the QR code');
  await visitor.reads(/Scan the QR code to share your credentials/);
  await visitor.look('The QR code to share');
}

/** From the sign-in page to the QR code. */
export async function asksForAccessKey(page: Page, house: House, visitor: Visitor): Promise<void> {
  await page.goto(`${house.url}/sign-in`);
  await visitor.press('Sign in with your staff passport');
  await visitor.reads(/Sign in with your staff passport/);
  await expect(page.getByRole('button', { name: 'Open the wallet app on this device' })).toBeVisible();
}

/** Signs in by QR code: on the phone stands a code, which is typed where the QR code was. */
export async function signsInByQrCode(page: Page, browser: Browser, house: House, visitor: Visitor, wallet: Wallet): Promise<void> {
  await asksForAccessKey(page, house, visitor);
  await visitor.look('The QR code to sign in');
  const shown = await wallet.shows(page);
  expect(shown.status).toBe(200);
  // The page has moved on by itself, to the question for the code.
  await visitor.reads(/Enter the code from your phone/);
  await visitor.look('The code from the phone');
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, isMobile: true })).newPage();
  await phone.goto(shown.answer?.redirect_uri ?? '');
  await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Type this code where you started');
  await look(phone, 'The code on the phone');
  const code = firstCode(await phone.getByRole('main').innerText(), 'the page on the phone');
  await phone.context().close();
  await visitor.type('Verification code', code);
  await visitor.press('Continue');
  await expect(page).toHaveURL(/\/(home|security-info\/due|reset)?/);
  await visitor.reads(/^Good (morning|afternoon|evening)/);
}
