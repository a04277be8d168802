// Guide 000 with nothing but the demonstration: the portal, and beside it the phone with our own app as the wallet.
import { expect, test, type Demonstration } from '../support/demonstration.ts';
import { look, picture } from '../support/look.ts';

const PASSWORD = 'Lanterns on the quiet river';
const PIN = '284061';
const IVY = 'ivy.ng@northfield.example';

test.setTimeout(240_000);

const app = (demo: Demonstration) => demo.phone.frameLocator('iframe[name=app]');
const press = (demo: Demonstration, name: string) => app(demo).getByRole('button', { name, exact: true }).click();
const reads = (demo: Demonstration, heading: string) => expect(app(demo).getByRole('heading', { level: 1 })).toHaveText(heading);

/** Opens on the phone what the page shows as a QR code. */
const opensTheWallet = (demo: Demonstration) => demo.press('Open the wallet app on this device');

/** Somebody whose certificates are due is asked about them first. */
async function isIn(demo: Demonstration): Promise<void> {
  await demo.reads(/needs your attention|^Good (morning|afternoon|evening)/);
  const later = demo.portal.getByRole('button', { name: 'Later' }).or(demo.portal.getByRole('link', { name: 'Later' }));
  if (await later.isVisible()) await later.click();
  await demo.reads(/^Good (morning|afternoon|evening)/);
}

async function unlocks(demo: Demonstration): Promise<void> {
  await reads(demo, 'The app is locked');
  await app(demo).getByLabel('PIN', { exact: true }).fill(PIN);
  await press(demo, 'Unlock');
}

/** A QR code that has run out is replaced where it stands: the page stays, and so does whoever reads it. */
async function renewsItsQrCode(demo: Demonstration): Promise<void> {
  const [button, code] = [demo.portal.getByRole('button', { name: 'Open the wallet app on this device' }), demo.portal.locator('[data-wallet-qr] svg')];
  const [link, drawn] = [await button.getAttribute('href'), await code.innerHTML()];
  await code.evaluate(() => Object.assign(window, { still: 'here' }));
  await demo.turnsTheClock('+15 minutes');
  await expect(button).not.toHaveAttribute('href', link ?? '');
  expect(await code.innerHTML()).not.toBe(drawn);
  await demo.reads(/Sign in with your staff passport/);
  expect(await code.evaluate(() => (window as { still?: string }).still), 'nothing was loaded anew').toBe('here');
}

const clock = (demo: Demonstration) => demo.clock.locator('main').innerText();
const hour = async (demo: Demonstration) => Number(/(\d\d):\d\d/.exec(await clock(demo))?.[1]);

/** The clock stands on the next Monday, at an hour of the day that is after eight. */
async function isNextMonday(demo: Demonstration): Promise<void> {
  do await demo.turnsTheClock('+24 hours');
  while (!(await clock(demo)).includes('Monday'));
}

async function adds(demo: Demonstration, code: string): Promise<void> {
  await reads(demo, 'Add this credential?');
  await app(demo).getByLabel('Code from the text message').fill(code);
  await press(demo, 'Add');
}

test('Ivy collects her access key, signs in with it, and takes a credential, the second time in time', async ({ demo, page }) => {
  await demo.opens();
  // What the phone signs must hold by this clock, not by that of the computer; and no midnight, after which a card asks for her first.
  do await demo.turnsTheClock('+1 hour');
  while ((await hour(demo)) < 8 || (await hour(demo)) > 18);

  await test.step('she signs in with her password', async () => {
    await page.getByRole('list').getByRole('link', { name: 'Ivy Ng', exact: true }).click();
    await expect(demo.phone.getByLabel('Phone of')).toHaveValue(IVY);
    await page.getByRole('navigation', { name: 'Pages of the portal' }).getByRole('link', { name: 'Sign in' }).click();
    await demo.type('Email address or staff number', IVY);
    await demo.type('Password', PASSWORD);
    await demo.press('Sign in');
    await expect(demo.portal.getByLabel('Verification code')).toBeVisible();
    await demo.type('Verification code', await demo.opensTheNewest('Messages'));
    await demo.press('Verify Code');
    await isIn(demo);
  });

  await test.step('Add your access key to your wallet', async () => {
    await demo.press('Passport');
    await demo.press('Add your access key to your wallet');
    await demo.reads(/Collect your access key/);
    await demo.turnsTheClock('+1 minute');
    await demo.press('Send Code');
    await demo.reads(/Enter the code from your phone/);
    await demo.type('Verification code', await demo.opensTheNewest('Messages'));
    await demo.press('Continue');
    await demo.reads(/Scan the QR code to add your access key/);
    const code = await demo.opensTheNewest('Messages');
    await opensTheWallet(demo);
    await adds(demo, code);
    await reads(demo, 'Choose a PIN');
    await app(demo).getByLabel('PIN', { exact: true }).fill(PIN);
    await app(demo).getByLabel('PIN again').fill(PIN);
    await press(demo, 'Save PIN');
    await reads(demo, 'Added to your wallet');
    await demo.reads(/Access key added/);
    await picture(page, 'The access key on the phone');
  });

  await test.step('sign in by scanning', async () => {
    await demo.portal.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('navigation', { name: 'Pages of the portal' }).getByRole('link', { name: 'Sign in' }).click();
    await demo.press('Sign in with your staff passport');
    await demo.choose('Northfield Hospitals');
    await demo.press('Continue');
    await renewsItsQrCode(demo);
    await opensTheWallet(demo);
    await reads(demo, 'Show your access key to Northfield Hospitals?');
    await look(page, 'The phone asks');
    await press(demo, 'Share');
    await reads(demo, 'Shown to Northfield Hospitals');
    await app(demo).getByRole('link', { name: 'Continue' }).click();
    await demo.press('Continue');
    await isIn(demo);
  });

  await test.step('Accept credential and add it to my wallet', async () => {
    await demo.press('Review and add credentials to your wallet');
    await demo.portal.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
    await demo.turnsTheClock('+1 minute');
    await demo.press('Accept credential and add it to my wallet');
    await demo.reads(/Scan the QR code to add your credential/);
    const late = await demo.opensTheNewest('Messages');
    await opensTheWallet(demo);
    await unlocks(demo);
    await reads(demo, 'Add this credential?');
    await demo.turnsTheClock('+15 minutes');
    await demo.reads(/The QR code has expired/);
    await adds(demo, late);
    await reads(demo, 'This QR code cannot be used any more');
    await demo.press('Get a new QR code');
    await demo.reads(/Scan the QR code to add your credential/);
    const code = await demo.opensTheNewest('Messages');
    await opensTheWallet(demo);
    await unlocks(demo);
    await adds(demo, code);
    await reads(demo, 'Added to your wallet');
    await expect(demo.portal.getByRole('alert')).toContainText('Fire safety has been successfully added to your wallet');
    await press(demo, 'See your credentials');
    await reads(demo, 'Your credentials');
    await picture(page, 'The wallet in the demonstration');
  });

  await test.step('Monday at eight: she is reminded of what is left, by email and text', async () => {
    await isNextMonday(demo);
    for (const app of ['Mail', 'Messages'] as const) {
      const reminder = demo.phone.getByRole('button', { name: /^Unread:.*ou have 2 credentials to review/ });
      await expect(async () => {
        await demo.opensTheApp(app);
        await expect(reminder.first()).toBeVisible({ timeout: 2_000 });
      }).toPass({ timeout: 90_000 });
      await expect(reminder).toHaveCount(1);
    }
    await picture(page, 'Reminded on Monday');
  });
});
