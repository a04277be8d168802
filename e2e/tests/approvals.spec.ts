// Guide 002, "Set up Microsoft Authenticator app as your authentication method", with our own: the portal on a computer, the app on
// a phone, and the real service between them.
import { scanned } from '../support/authenticator.ts';
import { Forgetful } from '../support/forgetful.ts';
import { expect, test, type House } from '../support/house.ts';
import { look } from '../support/look.ts';
import { sunita } from '../support/people.ts';
import { PhoneApp } from '../support/phone-app.ts';

const shown = (visitor: Forgetful) => visitor.page.locator('.fw-number').innerText().then((text) => text.replaceAll(/\D/g, ''));
const another = (number: string) => String((Number(number) + 1) % 100).padStart(2, '0');

async function isAsked(visitor: Forgetful): Promise<string> {
  await visitor.type('Email address or staff number', visitor.person.email);
  await visitor.type('Password', visitor.password);
  await visitor.press('Sign in');
  await visitor.reads(/Approve the request in your app/);
  return shown(visitor);
}

test('Sunita sets the authenticator up, and signs in and resets her password by approving', async ({ page, house, browser }) => {
  const visitor = new Forgetful(page, house as House, sunita);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  const phone = await PhoneApp.of(browser, { attention: false });

  await test.step('2 and 3: Add sign-in method, Authenticator app, Add', async () => {
    await page.goto(`${house.url}/security-info`);
    await visitor.press('Add sign-in method');
    await visitor.choose('Authenticator app');
    await visitor.press('Add');
  });
  await test.step('4 to 9: get the app, Next, set up your account, Next', async () => {
    await visitor.reads(/Start by getting the app/);
    await look(page, 'Start by getting the app');
    await visitor.press('Next');
    await visitor.reads(/Set up your account/);
    await look(page, 'Set up your account');
    await visitor.press('Next');
  });
  await test.step('10 to 14: scan the QR code, Next', async () => {
    await visitor.reads(/Scan the QR code/);
    await look(page, 'Scan the QR code');
    const address = await scanned(page.getByRole('img', { name: /^QR code/ }));
    house.secrets.push(new URLSearchParams(new URL(address).hash.slice(1)).get('enrol') ?? '');
    await phone.enrols(address);
    await phone.reads('Your accounts');
    await phone.says('Northfield Hospitals');
    await visitor.press('Next');
  });
  await test.step('15: Let’s try it out: the number in the app, Yes', async () => {
    await visitor.reads(/Let’s try it out/);
    await look(page, 'Let’s try it out');
    await phone.reads('Are you trying to sign in?');
    await phone.says('Trying out this app');
    await phone.approves(await shown(visitor));
    await phone.reads('Approved');
    await phone.press('Done');
  });
  await test.step('16 and 17: Notification approved, Next, listed', async () => {
    await visitor.reads(/Notification approved/);
    await look(page, 'Notification approved');
    await visitor.press('Next');
    await visitor.reads(/Security info/);
    await expect(page.getByRole('heading', { name: /Authenticator app/ })).toBeVisible();
    await look(page, 'Security info with the app');
    await visitor.press('Sign out');
  });

  await test.step('a wrong number lets nobody in', async () => {
    const number = await isAsked(visitor);
    await look(page, 'Approve the request in your app');
    await phone.approves(another(number));
    await phone.reads('That is not the number');
    await phone.press('Done');
    await visitor.reads(/The number was not the right one/);
    await look(page, 'The number was not the right one');
  });
  await test.step('she signs in by approving, and the page goes on by itself', async () => {
    await visitor.press('Send it again');
    await visitor.reads(/Approve the request in your app/);
    await phone.approves(await shown(visitor));
    await phone.reads('Approved');
    await phone.press('Done');
    await visitor.reads(/^Good (morning|afternoon|evening)/);
    await visitor.press('Sign out');
  });
  await test.step('no is no', async () => {
    await isAsked(visitor);
    await phone.reads('Are you trying to sign in?');
    await phone.press("No, it's not me");
    await phone.reads('You said no');
    await phone.press('Done');
    await visitor.reads(/The request was refused/);
    await look(page, 'The request was refused');
  });
  await test.step('she resets a forgotten password by approving', async () => {
    await page.goto(`${house.url}/sign-in`);
    await visitor.asksTo('Reset my password');
    await visitor.reads(/How do you want to prove/);
    await look(page, 'Ways to reset');
    await visitor.choose('Authenticator app');
    await visitor.press('Continue');
    await visitor.reads(/Approve the request in your app/);
    await phone.reads('Are you trying to sign in?');
    await phone.says('Resetting your password');
    await phone.approves(await shown(visitor));
    await phone.reads('Approved');
    await phone.press('Done');
    await visitor.choosesANewPassword();
  });
  await phone.close();
});
