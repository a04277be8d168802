// Guide 003 to its end with nothing but the demonstration: the portal, the phone beside it and the clock above them.
import { expect, test, type Demonstration, type Invented } from '../support/demonstration.ts';
import { look, picture } from '../support/look.ts';

const PASSWORD = 'Lanterns over nine quiet harbours';

type SecondStep = 'Email' | 'Text message' | 'Authenticator app';

/** Steps 1 to 7. */
async function joins(demo: Demonstration, { name, email, born }: Invented, step: SecondStep): Promise<void> {
  await demo.press('Northfield Hospitals');
  await demo.choose('Nursing and Midwifery Registered');
  await demo.press('Discover More');
  await demo.press('Join Now');
  await demo.type('Email address', email);
  await demo.press('Send Code');
  await demo.reads(/Check your email/);
  await demo.type('Verification code', await demo.opensTheNewest('Mail'));
  await demo.press('Verify Code');
  await demo.reads(/Choose a password/);
  const [first = '', last = ''] = name.split(/ (.*)/);
  const [day = '', month = '', year = ''] = born;
  await demo.type('Password', PASSWORD);
  await demo.type('First name', first);
  await demo.type('Last name', last);
  await demo.type('Day', day);
  await demo.type('Month', month);
  await demo.type('Year', year);
  await demo.press('Continue');
  await demo.choose(step);
  await demo.press('Continue');
}

/** The end of step 9, and step 10. */
async function verifiesAndSignsIn(demo: Demonstration, person: Invented, code: () => Promise<string>): Promise<void> {
  await demo.type('Verification code', await code());
  await demo.press('Verify Code');
  await demo.reads(/verified/);
  await demo.press('Continue');
  await demo.choose('Login to Fobwatch');
  await demo.press('Continue');
  await demo.reads(/Sign in/);
  // A code of the app works once, and a new code by message has its pause.
  await demo.turnsTheClock('+1 minute');
  await demo.type('Email address or staff number', person.email);
  await demo.type('Password', PASSWORD);
  await demo.press('Sign in');
  await expect(demo.portal.getByLabel('Verification code')).toBeVisible();
  await demo.type('Verification code', await code());
  await demo.press('Verify Code');
  await expect(demo.portal.getByRole('heading', { level: 1 })).toHaveText(/^Good |^Set up a way/);
  // Email resets no password: whoever has nothing else is asked to set something up.
  const notNow = demo.portal.getByRole('button', { name: 'Not now, ask me again next time' });
  if (await notNow.isVisible()) await notNow.click();
  await demo.reads(/^Good (morning|afternoon|evening)/);
}

// Portal, phone and forty people are much to look at closely.
test.setTimeout(240_000);

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled: scripts });
    // The look of it does not depend on scripts, and axe is one.
    const see = scripts ? look : picture;
    const [byEmail, byText, byApp] = scripts
      ? ['Amina Khan', 'Ngozi Adeyemi', 'Grace Okafor']
      : ['Li Wei', 'U Thant', 'Megan Llewellyn-Price'];

    test('somebody joins with codes by email', async ({ demo, page }) => {
      await demo.opens();
      await see(page, 'The demonstration');
      const person = await demo.plays(byEmail);
      await joins(demo, person, 'Email');
      await picture(page, 'An email on the phone');
      // Looked at closely without its frame: Chromium does not survive axe in a frame that may run nothing.
      await demo.phone.getByRole('link', { name: 'Show as plain text' }).click();
      await expect(demo.phone.getByText(/can be used once/)).toBeVisible();
      await see(page, 'An email as plain text');
      await demo.type('Email address', person.email);
      await demo.press('Send Code');
      await demo.reads(/Check your email/);
      await verifiesAndSignsIn(demo, person, () => demo.opensTheNewest('Mail'));
      await demo.opensTheApp('Mail');
      await picture(page, 'At home');
    });

    test('somebody joins with codes by text message', async ({ demo, page }) => {
      await demo.opens();
      const person = await demo.plays(byText);
      await joins(demo, person, 'Text message');
      await demo.type('Mobile phone number', person.mobile);
      await demo.press('Send Code');
      await demo.reads(/Check your phone/);
      await verifiesAndSignsIn(demo, person, () => demo.opensTheNewest('Messages'));
      await see(page, 'A text message on the phone');
    });

    test('somebody joins with an authenticator app whose key is typed', async ({ demo, page }) => {
      await demo.opens();
      const person = await demo.plays(byApp);
      await joins(demo, person, 'Authenticator app');
      const key = await demo.portal.getByText(/^([A-Z2-7]{4} ?)+$/).innerText();
      await demo.opensTheApp('Codes');
      await demo.phone.getByRole('link', { name: 'Add an account' }).click();
      await demo.phone.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(demo.phone.getByText('Enter the setup key.')).toBeVisible();
      await see(page, 'Adding an account');
      await demo.phone.getByLabel(/^Setup key/).fill(key);
      await demo.phone.getByLabel(/^Name of the account/).fill(person.email);
      await demo.phone.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(demo.phone.locator('.codes__name').filter({ hasText: person.email })).toBeVisible();
      await see(page, 'Codes');
      await verifiesAndSignsIn(demo, person, () => demo.showsTheCodeOf(person));
    });
  });
}

for (const scripts of [true, false]) {
  test.describe(scripts ? 'the reader with scripts' : 'the reader without scripts', () => {
    test.use({ javaScriptEnabled: scripts });

    test('a smartcard is put in, exchanged and taken out', async ({ demo, page }) => {
      await demo.opens();
      await demo.takesOut();
      await demo.putsIn('NTH 0001');
      await expect(demo.reader.getByText('NTH 0001 is in: blank')).toBeVisible();
      await demo.putsIn('STH 0002');
      await (scripts ? look : picture)(page, 'A smartcard in the reader');
      await demo.takesOut();
    });

    test('the card program opens for links of this portal alone', async ({ demo }) => {
      await demo.opens();
      const elsewhere = 'fobwatch-card:job?portal=https%3A%2F%2Felsewhere.example&ticket=abc';
      await demo.reader.getByLabel('Or put the link here').fill(elsewhere);
      await demo.reader.getByRole('button', { name: 'Open' }).click();
      await expect(demo.reader.getByText('FW-2151')).toBeVisible();
      await demo.reader.getByRole('button', { name: 'Close' }).click();
      await expect(demo.reader.getByLabel('Or put the link here')).toBeVisible();
    });
  });
}

test('the phone scans the QR code beside it, and takes over the link of the same device', async ({ demo }) => {
  await demo.opens();
  const person = await demo.plays('Chloë Dubois');
  await joins(demo, person, 'Authenticator app');
  await demo.reads(/Set up your authenticator app/);
  await demo.opensTheApp('Codes');
  await demo.phone.getByRole('link', { name: 'Add an account' }).click();
  await demo.phone.getByRole('button', { name: 'Scan the QR code' }).click();
  const names = demo.phone.locator('.codes__name').filter({ hasText: person.email });
  await expect(names).toHaveCount(1);
  await demo.phone.getByRole('button', { name: new RegExp(`^Remove.*${person.email}`) }).click();
  await expect(names).toHaveCount(0);
  await demo.press('add the account to the app on this device');
  await expect(names).toHaveCount(1);
});

test('a code is too old when the clock is turned by a quarter of an hour, and a new one works', async ({ demo }) => {
  await demo.opens();
  const { email } = await demo.plays('Fatima Al-Sayed');
  await demo.press('Northfield Hospitals');
  await demo.choose('Additional Professional Scientific and Technical');
  await demo.press('Discover More');
  await demo.press('Join Now');
  await demo.type('Email address', email);
  await demo.press('Send Code');
  const old = await demo.opensTheNewest('Mail');
  await demo.turnsTheClock('+15 minutes');
  await demo.type('Verification code', old);
  await demo.press('Verify Code');
  await expect(demo.portal.getByRole('alert')).toContainText('expired');
  await demo.press('Send New Code');
  await demo.type('Verification code', await demo.opensTheNewest('Mail'));
  await demo.press('Verify Code');
  await demo.reads(/Choose a password/);
});

test('the whole window begins at the demonstration', async ({ demo, page }) => {
  await page.goto(demo.url);
  await expect(page).toHaveURL(/\/demo$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Fobwatch demonstration' })).toBeVisible();
});

test('the phone rings, says who calls, and its # signs in', async ({ demo, page }) => {
  await demo.opens();
  const person = await demo.plays('Tomasz Wiśniewski');
  await joins(demo, person, 'Text message');
  await demo.type('Mobile phone number', person.mobile);
  await demo.press('Send Code');
  await verifiesAndSignsIn(demo, person, () => demo.opensTheNewest('Messages'));
  await demo.press('Sign out');
  await demo.turnsTheClock('+1 minute');
  await demo.type('Email address or staff number', person.email);
  await demo.type('Password', PASSWORD);
  await demo.press('Sign in');
  await demo.press('Use another way to sign in');
  await demo.choose('Phone call');
  await demo.press('Continue');
  await demo.reads(/Answer our call/);
  const call = demo.phone.getByRole('region', { name: 'Incoming call Fobwatch' });
  await expect(call).toBeVisible();
  await expect(demo.portal.getByText('Your phone is ringing.')).toBeVisible();
  // It rings for half a minute, which looking closely can take.
  await picture(page, 'The phone rings');
  await demo.phone.getByRole('button', { name: 'Answer' }).press('Enter');
  await expect(demo.phone.getByText(/Press # only if you are signing in now/)).toBeVisible();
  await look(page, 'On the phone');
  await demo.phone.getByRole('button', { name: '#', exact: true }).press('Enter');
  // The page goes on by itself.
  await demo.reads(/^Good (morning|afternoon|evening)/);
  await expect(call).toBeHidden();
});
