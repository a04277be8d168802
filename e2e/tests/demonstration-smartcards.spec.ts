// Guide 001 with nothing but the demonstration: the portal, the phone, and the card reader on the screen with the people who have
// joined already.
import { expect, test, type Demonstration } from '../support/demonstration.ts';
import { look, picture } from '../support/look.ts';

const PASSWORD = 'Lanterns on the quiet river';
const PASSCODE = '482913';
const RECOVERY = 'quiet-Lantern-9';

test.setTimeout(240_000);

/** One of the three signs in, with the code that comes to their phone. */
async function signsIn(demo: Demonstration, name: string, email: string): Promise<void> {
  await demo.page.getByRole('list').getByRole('link', { name, exact: true }).click();
  await expect(demo.phone.getByLabel('Phone of')).toHaveValue(email);
  await demo.page.getByRole('navigation', { name: 'Pages of the portal' }).getByRole('link', { name: 'Sign in' }).click();
  await demo.reads(/Sign in/);
  await demo.type('Email address or staff number', email);
  await demo.type('Password', PASSWORD);
  await demo.press('Sign in');
  await expect(demo.portal.getByLabel('Verification code')).toBeVisible();
  await demo.opensTheApp('Messages');
  await demo.phone.getByRole('button', { name: /sign.?in|code/i }).first().click();
  const text = await demo.phone.locator('.opened__bubble').innerText();
  await demo.type('Verification code', text.split(/[^0-9]+/).find((run) => run.length === 6) ?? text);
  await demo.press('Verify Code');
}

/** What the card program's window asks is answered. */
const answers = (demo: Demonstration, button: string) => demo.reader.getByRole('button', { name: button, exact: true }).click();

test('Ivy, whose certificates are due, renews them with the reader on the screen', async ({ demo, page }) => {
  await demo.opens();
  await look(page, 'The demonstration with smartcards');
  await signsIn(demo, 'Ivy Ng', 'ivy.ng@northfield.example');

  await test.step('the alert, Yes, and the passcode', async () => {
    await demo.reads(/needs your attention/);
    await picture(page, 'The alert');
    await demo.press('Yes');
    await demo.reads(/Renew Certificates/);
    await demo.type('Smartcard Passcode', PASSCODE);
    await demo.press('OK');
    await demo.reads(/Update My Card/);
  });

  await test.step('the card is pulled out while a certificate is written', async () => {
    await demo.putsIn('NTH 0007');
    await demo.reader.getByLabel('Pull it out half-way').selectOption('when a certificate is half written');
    await demo.reader.getByRole('button', { name: 'Next time' }).click();
    await expect(demo.reader.getByText('It will be pulled out half-way')).toBeVisible();
    await demo.press('Open the card program');
    await expect(demo.reader.getByText('Renew the certificates of your smartcard')).toBeVisible();
    await look(page, 'The card program asks');
    await answers(demo, 'Go on');
    await expect(demo.reader.getByText('Put in the card.')).toBeVisible();
    await expect(demo.reader.getByText('The reader is empty')).toBeVisible();
    await picture(page, 'Pulled out half-way');
  });

  await test.step('another card is not taken, and the right one goes on', async () => {
    await demo.putsIn('NTH 0001');
    // The program looks for some seconds whether another one is on its way.
    await expect(demo.reader.getByText('This is another card. Put in the right one.')).toBeVisible({ timeout: 30_000 });
    await picture(page, 'Another card');
    await demo.putsIn('NTH 0007');
    await expect(demo.reader.getByText('Done', { exact: true })).toBeVisible();
    await picture(page, 'Renewed');
    await answers(demo, 'Close');
  });

  await test.step('the portal knows, and so does the phone', async () => {
    await demo.press('Continue');
    await demo.reads(/Self Service Portal/);
    await expect(demo.portal.getByText('Your certificates have been renewed')).toBeVisible();
    await expect(demo.portal.getByText('You can renew once more')).toBeVisible();
    await demo.opensTheApp('Mail');
    await expect(demo.phone.getByRole('button', { name: /A change to your account/ }).first()).toBeVisible();
    await picture(page, 'The portal knows');
  });
});

test('Hamish, whose card is blocked, unlocks it', async ({ demo, page }) => {
  await demo.opens();
  await signsIn(demo, 'Hamish MacLeod', 'hamish.macleod@northfield.example');
  await demo.reads(/^Good (morning|afternoon|evening)/);
  await demo.press('Launch Self Service Portal');
  await expect(demo.portal.getByText('Blocked', { exact: true })).toBeVisible();
  await demo.press('Unlock your smartcard');
  await demo.type('Account Recovery Passcode', RECOVERY);
  await demo.type('New Smartcard Passcode', '739158');
  await demo.type('Confirm New Smartcard Passcode', '739158');
  await demo.press('Unlock');
  await demo.putsIn('NTH 0008');
  await demo.press('Open the card program');
  await answers(demo, 'Go on');
  await expect(demo.reader.getByText('Done', { exact: true })).toBeVisible();
  await answers(demo, 'Close');
  await demo.press('Continue');
  await expect(demo.portal.getByText('Your smartcard has been unlocked')).toBeVisible();
  await expect(demo.reader.getByText('NTH 0008 is in: in use, 3 tries left')).toBeVisible();
  await picture(page, 'Unlocked');
});

test('Priya of the Registration Authority finds who must come in and has blank cards to issue', async ({ demo, page }) => {
  await demo.opens();
  await signsIn(demo, 'Priya Raghunathan', 'priya.raghunathan@northfield.example');
  await demo.reads(/^Good (morning|afternoon|evening)/);
  await demo.press('Console');
  await demo.reads(/Smartcards/);
  await demo.type('Find a person or a card', 'NTH 000');
  await demo.press('Find');
  await expect(demo.portal.getByText('Nobody’s card').first()).toBeVisible();
  await picture(page, 'Cards of the hospital');
});
