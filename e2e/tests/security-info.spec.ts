// Guide 002, "Getting ready to use self-service password": each wizard of Security info, in its words.
import { expect, test } from '../support/house.ts';
import { Authenticator } from '../support/authenticator.ts';
import { keyboard } from '../support/hands.ts';
import { picture } from '../support/look.ts';
import { chloe, ngozi, gethin, priya } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const NEW_NUMBER = '07700 900777';

/** Steps 1 to 3: *Security info*, *Add sign-in method*, a method from the list, *Add*. */
async function adds(visitor: Visitor, method: string): Promise<void> {
  await test.step(`select Add sign-in method, then ${method}, then Add`, async () => {
    await visitor.page.goto(`${visitor.house.url}/security-info`);
    await visitor.reads(/Security info/);
    await visitor.look('Security info');
    await visitor.press('Add sign-in method');
    await visitor.reads(/Add a method/);
    await visitor.look('Add a method');
    await visitor.choose(method);
    await visitor.press('Add');
  });
}

/** "Set up a mobile phone (SMS) as your authentication method", steps 4 to 8. */
async function setsUpPhone(visitor: Visitor, number: string, name = ''): Promise<void> {
  await test.step('enter the number, leave Text me a code selected, Next', async () => {
    await visitor.reads(/Phone/);
    await expect(visitor.page.getByLabel('Country')).toHaveText('United Kingdom (+44)');
    await expect(visitor.page.getByRole('radio', { name: 'Text me a code' })).toBeChecked();
    await visitor.look('Phone');
    await visitor.type('Mobile phone number', number);
  });
  await test.step('enter the six-digit code, Next, Done', async () => {
    const code = await visitor.codeByText(() => visitor.press('Next'), number);
    await visitor.reads(/Phone: enter the code/);
    await visitor.look('Phone code');
    await visitor.type('Verification code', code);
    await visitor.press('Next');
    await visitor.reads(/SMS verified/);
    await visitor.look('SMS verified');
    await visitor.press('Done');
    await visitor.reads(/Security info/);
    await expect(visitor.page.getByRole('heading', { name: `Phone ${name}ending in ${number.slice(-2)}` })).toBeVisible();
  });
}

/** "Set up … Authenticator app as your authentication method", steps 4 to 17. */
async function setsUpApp(visitor: Visitor): Promise<void> {
  await visitor.reads(/Start by getting the app/);
  await visitor.look('Start by getting the app');
  const another = visitor.page.getByRole('button', { name: 'I want to use a different authenticator app' });
  if (await another.isVisible()) {
    await visitor.press('I want to use a different authenticator app');
    await visitor.reads(/Start by getting the app/);
    await visitor.page.waitForURL((url) => url.pathname.endsWith('/app'));
    await expect(another).toBeHidden();
  }
  await visitor.press('Next');
  await visitor.reads(/Set up your account/);
  await visitor.look('Set up your account');
  await visitor.press('Next');
  await visitor.reads(/Scan the QR code/);
  await visitor.look('Scan the QR code');
  const app = await Authenticator.scans(visitor.page.getByRole('img', { name: 'QR code' }));
  const key = await visitor.page.getByText(/^([A-Z2-7]{4} ?)+$/).innerText();
  visitor.house.secrets.push(key, key.replaceAll(' ', ''));
  expect(Authenticator.typed(key).code(), 'the key beside the QR code says the same').toBe(app.code());
  await visitor.press('Next');
  await visitor.reads(/Authenticator app: enter the code/);
  await visitor.look('App code');
  await visitor.type('Verification code', app.code());
  await visitor.press('Next');
  await visitor.reads(/Your authenticator app is set up/);
  await visitor.look('App is set up');
  await visitor.press('Done');
  await expect(visitor.page.getByRole('heading', { name: 'Authenticator app' })).toBeVisible();
}

test('Ngozi sets up every method, names one, makes recovery codes and deletes what she no longer has', async ({ page, house }) => {
  const visitor = new Visitor(page, house, ngozi);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');

  await adds(visitor, 'Phone');
  await visitor.type('Mobile phone number', '020 7946 0000');
  await visitor.press('Next');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('link', { name: /must be a mobile phone/ })).toBeVisible();
  await visitor.look('Phone that is none');
  await setsUpPhone(visitor, NEW_NUMBER);
  await adds(visitor, 'Authenticator app');
  await setsUpApp(visitor);

  await adds(visitor, 'Email');
  await visitor.look('Email');
  await visitor.type('Email address', 'ngozi@home.example');
  const code = await visitor.codeByEmail(() => visitor.press('Next'), 'ngozi@home.example');
  await visitor.look('Email code');
  await visitor.type('Verification code', code);
  await visitor.press('Next');
  await visitor.reads(/Email verified/);
  await visitor.look('Email verified');
  await visitor.press('Done');

  await adds(visitor, 'Office phone');
  await visitor.look('Office phone');
  await visitor.type('Office phone number', '020 7946 0123');
  await visitor.press('Next');
  await visitor.reads(/Office phone saved/);
  await visitor.look('Office phone saved');
  await visitor.press('Done');

  await visitor.follow('Rename Phone ending in 77');
  await visitor.look('Rename');
  await visitor.type('Name', 'Work phone');
  await visitor.press('Save');
  await expect(page.getByRole('heading', { name: 'Phone (Work phone) ending in 77' })).toBeVisible();

  await visitor.follow('Change your default and back-up');
  await visitor.look('Default and back-up');
  await page.getByRole('group', { name: 'Default' }).getByRole('radio', { name: 'Authenticator app' }).check();
  await page.getByRole('group', { name: 'Back-up' }).getByRole('radio', { name: 'Phone (Work phone) ending in 77' }).check();
  await visitor.press('Save');
  await expect(page.getByRole('region', { name: 'Authenticator app' })).toContainText('Default');
  await visitor.look('Security info with everything');

  await visitor.follow('Make recovery codes');
  await visitor.look('Recovery codes');
  await visitor.press('Make recovery codes');
  await visitor.reads(/Your recovery codes/);
  await visitor.look('Your recovery codes');
  const codes = await page.getByRole('listitem').filter({ has: page.locator('code') }).allInnerTexts();
  expect(codes).toHaveLength(10);
  house.secrets.push(...codes, ...codes.map((each) => each.replace('-', '')));
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText(codes[0] as string)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Done' }), 'only what belongs on the paper is on it').toBeHidden();
  await picture(page, 'Recovery codes on paper');
  await page.emulateMedia({ media: 'screen' });
  await visitor.press('Done');
  await expect(page.getByText('10 of 10 left')).toBeVisible();

  await visitor.follow('Change Phone (Work phone) ending in 77');
  await visitor.reads(/Change phone/);
  await visitor.look('Change phone');
  await visitor.press('Next');
  // It keeps its name.
  await setsUpPhone(visitor, '07700 900778', '(Work phone) ');

  await visitor.follow('Delete Office phone ending in 23');
  await visitor.reads(/Delete office phone\?/);
  await visitor.look('Delete office phone');
  await visitor.press('Delete');
  await expect(page.getByText('The sign-in method has been deleted')).toBeVisible();
});

test('Chloë is warned before she deletes her last method, and asked for one when she signs in again', async ({ page, house }) => {
  const visitor = new Visitor(page, house, chloe);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await page.goto(`${house.url}/security-info`);
  await visitor.follow(`Delete Phone ending in ${chloe.mobile.slice(-2)}`);
  await visitor.look('Delete the last method');
  await visitor.press('Delete');
  await expect(page).toHaveTitle(/^Error: /);
  await visitor.look('Delete the last method, not confirmed');
  await page.getByRole('checkbox').check();
  await visitor.press('Delete');
  await expect(page.getByText('You have no sign-in method')).toBeVisible();
  await visitor.press('Sign out');
  await visitor.signsIn('Email');
});

test('Gethin sets up a phone and an app by keyboard alone', async ({ page, house }) => {
  const visitor = new Visitor(page, house, gethin, { hands: keyboard, look: picture });
  await visitor.joins('Email');
  await visitor.signsIn('Email');
  await adds(visitor, 'Phone');
  await setsUpPhone(visitor, gethin.mobile);
  await adds(visitor, 'Authenticator app');
  await setsUpApp(visitor);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('Priya sets up a phone and an app', async ({ page, house }) => {
    const visitor = new Visitor(page, house, priya, { look: picture });
    await visitor.joins('Email');
    await visitor.signsIn('Email');
    await adds(visitor, 'Phone');
    await setsUpPhone(visitor, priya.mobile);
    await adds(visitor, 'Authenticator app');
    await setsUpApp(visitor);
  });
});
