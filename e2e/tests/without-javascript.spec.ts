// The whole journey in a browser that runs no scripts.
import { expect, test } from '../support/house.ts';
import { picture } from '../support/look.ts';
import { firstCode } from '../support/messages.ts';
import { asksForAccessKey, told, walletCode } from '../support/passport.ts';
import { li, u, ynyr } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

test.use({ javaScriptEnabled: false });

test('Li joins and signs in without scripts, with codes by email', async ({ page, house }) => {
  const visitor = new Visitor(page, house, li, { look: picture });
  await visitor.joins('Email');
  await visitor.signsIn('Email');
  await visitor.press('Sign out');
  await visitor.reads(/Sign in/);
});

test('U, whose name has one letter, joins and signs in without scripts, with an authenticator app', async ({ page, house }) => {
  const visitor = new Visitor(page, house, u, { look: picture });
  await visitor.joins('Authenticator app');
  await visitor.signsIn('Authenticator app');
});

test('Ynyr collects his access key and signs in by QR code without scripts', async ({ page, browser, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, ynyr, { look: picture });
  const wallet = await Wallet.install();
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');

  await test.step('the page of the access key loads itself again, and Continue goes on', async () => {
    await page.goto(`${house.url}/passport/access-key`);
    const code = await visitor.codeByText(() => visitor.press('Send Code'));
    await visitor.type('Verification code', code);
    const forWallet = await walletCode(house, ynyr, () => visitor.press('Continue'));
    await visitor.reads(/Scan the QR code to add your access key/);
    await told(house, ynyr, () => wallet.adds(page, forWallet));
    await visitor.reads(/That worked/);
    await visitor.press('Continue');
    await visitor.reads(/Access key added/);
  });
  await page.getByRole('button', { name: 'Sign out' }).click();

  await test.step('the QR code to sign in: scanned, answered, and the code from the phone', async () => {
    await asksForAccessKey(page, house, visitor);
    await visitor.look('The QR code without scripts');
    await wallet.looksAt(page);
    await visitor.reads(/Your QR code has been scanned/);
    const shown = await wallet.shows(page);
    expect(shown.status).toBe(200);
    // Nobody presses anything: the page looks by itself every few seconds.
    await visitor.reads(/Enter the code from your phone/);
    const phone = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await phone.goto(shown.answer?.redirect_uri ?? '');
    await expect(phone.getByRole('heading', { level: 1 })).toHaveText('Type this code where you started');
    const code = firstCode(await phone.getByRole('main').innerText(), 'the page on the phone');
    await phone.context().close();
    await visitor.type('Verification code', code);
    await visitor.press('Continue');
    await visitor.reads(/^Good (morning|afternoon|evening)/);
  });
  await wallet.remove();
});
