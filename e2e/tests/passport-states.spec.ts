// Guide 000: what the page with a QR code says, by what the wallet does.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { asksForAccessKey, collectsAccessKey, signsInByQrCode } from '../support/passport.ts';
import { aled } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

const blind = { look: async () => {} };

test('a QR code waits, says that it was scanned, and what came of it', async ({ page, browser, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, aled, blind);
  const [wallet, another] = [await Wallet.install(), await Wallet.install()];
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await collectsAccessKey(page, house, visitor, wallet);
  await page.getByRole('button', { name: 'Sign out' }).click();

  await test.step('waiting: the QR code is there', async () => {
    await asksForAccessKey(page, house, visitor);
    await expect(page.getByText('Open the wallet app on your phone and scan this QR code with it.')).toBeVisible();
    await look(page, 'Waiting');
  });

  await test.step('scanned: the page says so by itself, and the QR code is gone', async () => {
    await wallet.looksAt(page);
    await expect(page.getByText('Your QR code has been scanned. Select Share in your wallet.')).toBeVisible();
    await expect(page.getByText('scan this QR code with it')).toBeHidden();
    await look(page, 'Scanned');
  });

  await test.step('Cancel and return to QR code', async () => {
    await visitor.press('Cancel and return to QR code');
    await visitor.reads(/QR code has expired|Sign in with your staff passport/);
    await look(page, 'Cancelled');
  });

  await test.step('failed: its owner says no in the wallet', async () => {
    await asksForAccessKey(page, house, visitor);
    await wallet.declines(page);
    await visitor.reads(/The request was declined in the wallet/);
    await look(page, 'Declined');
    await visitor.press('Get a new QR code');
    await visitor.reads(/Sign in with your staff passport/);
  });

  await test.step('a wallet without an access key has nothing to show, and the page goes on waiting', async () => {
    expect(await another.shows(page)).toMatchObject({ cannot: true });
    await expect(page.getByText('Your QR code has been scanned.')).toBeVisible();
  });

  await test.step('done: the code from the phone signs in', () => signsInByQrCode(page, browser, house, visitor, wallet));
  await Promise.all([wallet.remove(), another.remove()]);
});
