// The app by itself: every view, on a phone, in light and dark, by keyboard, without a network; against a played service.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { PIN, PhoneApp } from '../support/phone-app.ts';
import { PlayedService } from '../support/played-service.ts';

const TOKEN = 'kq3vZ8wXh2uYtR5nB7cD4mFa';

test('a phone adds an account, answers, and locks itself', async ({ browser, house }) => {
  const phone = await PhoneApp.of(browser);
  const { page } = phone;
  const service = await PlayedService.behind(page);

  await test.step('it opens with what it is for', async () => {
    await page.goto(`${house.url}/authenticator`);
    await phone.reads('Approve sign-ins with your phone');
    await phone.press('What this app can see');
    await phone.reads('What this app can see');
    await phone.press('Done');
    await phone.press('Add account');
    await phone.reads('Add an account');
  });

  await test.step('codes that are none, or another service’s, say so', async () => {
    await page.getByRole('button', { name: /^Enter the code by hand/ }).click();
    await phone.reads('Enter the code');
    await phone.press('Continue');
    await phone.says('Enter the code that stands beside the QR code');
    await phone.type('Code beside the QR code', 'hello');
    await phone.press('Continue');
    await phone.says('This is no code of this service');
    await phone.type('Code beside the QR code', `https://elsewhere.example/authenticator#enrol=${TOKEN}`);
    await phone.press('Continue');
    await phone.says('https://elsewhere.example');
    await look(page, 'a code of another service');
  });

  await test.step('the right one adds the account, with a PIN', async () => {
    await phone.type('Code beside the QR code', `${TOKEN.slice(0, 8)} ${TOKEN.slice(8)}`);
    await phone.press('Continue');
    await phone.reads('Add this account to the app?');
    await phone.press('Add account');
    await phone.reads('Choose a PIN');
    await phone.type('PIN', '12345');
    await phone.press('Save PIN');
    await phone.says('Enter 6 digits');
    await phone.type('PIN', '123456');
    await phone.press('Save PIN');
    await phone.says('harder to guess');
    await phone.type('PIN', PIN);
    await phone.type('PIN again', '999999');
    await phone.press('Save PIN');
    await phone.says('not the same');
    await look(page, 'two different PINs');
    await phone.type('PIN again', PIN);
    await phone.press('Save PIN');
    await phone.reads('Your account is added');
    await phone.press('Done');
    await phone.reads('Your accounts');
    await phone.says(/\d{3} \d{3}/);
    expect(service.heard[0]?.token).toBe(TOKEN);
  });

  await test.step('yes, with the number', async () => {
    const request = service.asks();
    await phone.reads('Are you trying to sign in?');
    for (const said of ['Northfield Hospitals', 'Signing in', 'Firefox, Windows 10', '192.0.2.0/24', /1:[0-5]\d left/]) {
      await phone.says(said);
    }
    await phone.press('Yes');
    await phone.says('Enter the 2 digits that the other screen shows');
    expect(service.heard.some(({ act }) => act === 'answer'), 'nothing is sent without a number').toBe(false);
    await phone.approves('42');
    await phone.reads('Approved');
    const answer = service.heard.find(({ act }) => act === 'answer');
    expect(answer).toMatchObject({ request, answer: 'approve', number: '42', challenge: 'c2FtcGxlIGNoYWxsZW5nZQ' });
    await phone.press('Done');
    await phone.reads('Your accounts');
  });

  await test.step('a wrong number', async () => {
    service.asks('reset');
    await phone.approves('24');
    await phone.reads('That is not the number');
    await phone.press('Done');
  });

  await test.step('no', async () => {
    service.asks('confirm');
    await phone.reads('Are you trying to sign in?');
    await phone.press("No, it's not me");
    await phone.reads('You said no');
    await phone.press('Done');
  });

  await test.step('too late', async () => {
    service.asks('sign-in', 4);
    await phone.reads('Too late');
    await phone.press('Done');
  });

  await test.step('the answer does not arrive, and is sent again', async () => {
    service.asks();
    service.instead.set('answer', 'offline');
    await phone.approves('42');
    await phone.reads('Your answer did not arrive');
    service.instead.delete('answer');
    await phone.press('Try again');
    await phone.approves('42');
    await phone.reads('Approved');
    await phone.press('Done');
  });

  await test.step('opened again it is locked, and wrong PINs make it wait', async () => {
    await page.reload();
    await phone.unlocks('000001');
    await phone.says('The PIN is not right');
    for (let tries = 0; tries < 4; tries++) {
      await phone.type('PIN', '000001');
      await phone.press('Unlock');
      await expect(page.getByLabel('PIN', { exact: true })).toHaveValue('');
    }
    await phone.says('Too many wrong PINs');
    await look(page, 'too many wrong PINs');
    await phone.type('PIN', PIN);
    await phone.press('Unlock');
    await phone.says('Too many wrong PINs');
    await page.clock.install({ time: Date.now() + 31_000 });
    await phone.press('I have forgotten my PIN');
    await phone.reads('Start again without the PIN?');
    await phone.press('Cancel');
    await phone.unlocks();
    await phone.reads('Your accounts');
  });

  await test.step('settings: codes of other services, and taking the account out', async () => {
    await phone.press('Settings');
    await phone.reads('Settings');
    await phone.press('Add a code of another service');
    await phone.reads('Add a code of another service');
    await phone.type('Address of the code', 'otpauth://hotp/x');
    await phone.press('Add code');
    await phone.says('This is no address of a time-based code');
    await phone.type('Address of the code', 'otpauth://totp/Library:amina?secret=GEZDGNBVGY3TQOJQ&issuer=Library');
    await phone.press('Add code');
    await phone.reads('Settings');
    await phone.press('Notifications');
    await phone.reads('Be told at once');
    await phone.press('Done');
    service.instead.set('leave', 'offline');
    await phone.press('Remove Northfield Hospitals, a…n@northfield.example');
    await phone.reads('Remove this account?');
    await phone.press('Remove account');
    await phone.says('could not be told');
    service.instead.delete('leave');
    await phone.press('Remove account');
    await phone.reads('Your accounts');
    await phone.says('Library');
    expect(service.heard.some(({ act }) => act === 'leave')).toBe(true);
  });
  await phone.close();
});

test('a phone that was replaced forgets the account, and a used code says so', async ({ browser, house }) => {
  const phone = await PhoneApp.of(browser, { dark: true });
  const service = await PlayedService.behind(phone.page);
  service.instead.set('enrol', { status: 410, body: { error: 'enrol-over' } });
  await phone.page.goto(`${house.url}/authenticator#enrol=${TOKEN}&aud=${house.url}`);
  await phone.press('Add account');
  await phone.reads('This QR code cannot be used any more');
  service.instead.delete('enrol');
  await phone.enrols(`${house.url}/authenticator#enrol=${TOKEN}`);
  await phone.reads('Your accounts');
  service.asks('unlock');
  await phone.reads('Are you trying to sign in?');
  await phone.press("No, it's not me");
  await phone.press('Done');
  service.instead.set('requests', { status: 401, body: { error: 'unknown-device' } });
  await phone.reads('This phone was removed');
  await phone.press('Done');
  await phone.reads('Approve sign-ins with your phone');
  await phone.close();
});

test('the app opens without a network and shows codes', async ({ browser, house }) => {
  const phone = await PhoneApp.of(browser, { attention: false });
  await PlayedService.behind(phone.page);
  await phone.enrols(`${house.url}/authenticator#enrol=${TOKEN}`);
  await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await phone.context.setOffline(true);
  await phone.page.unroute('**/authenticator/api/1/*');
  await phone.page.reload();
  await phone.unlocks();
  await phone.reads('Your accounts');
  await phone.says('You are offline');
  await phone.says(/\d{3} \d{3}/);
  await look(phone.page, 'offline');
  await phone.close();
});

test('the service corrects a wrong clock', async ({ browser, house }) => {
  const phone = await PhoneApp.of(browser, { attention: false });
  const service = await PlayedService.behind(phone.page);
  const real = Math.floor(Date.now() / 1000);
  service.instead.set('enrol', { status: 401, body: { error: 'clock', now: real + 3_600 } });
  await phone.page.goto(`${house.url}/authenticator#enrol=${TOKEN}`);
  await phone.press('Add account');
  await phone.reads('Something went wrong');
  const [first, second] = service.heard;
  expect(second?.iat).toBeGreaterThanOrEqual((first?.iat ?? 0) + 3_599);
  await phone.close();
});
