// Guide 002: a forgotten password and a locked account, at any hour and without the help of a desk.
import { Forgetful } from '../support/forgetful.ts';
import { keyboard } from '../support/hands.ts';
import { expect, test } from '../support/house.ts';
import { look, picture } from '../support/look.ts';
import { ewa, niamh, omar, pavel, zara } from '../support/people.ts';

test('Niamh has forgotten her password, resets it by text message and signs in', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, niamh);
  await visitor.joins('Text message');
  const forgotten = visitor.password;
  await visitor.resets('Text message');
  await visitor.mistypes(forgotten);
  await visitor.signsIn('Text message');
  const told = (await house.mailbox.to(niamh.email)).map((email) => email.text ?? '');
  expect(told.some((text) => text.includes('Your password was reset')), 'she is told by email, too').toBe(true);
});

test('Omar resets his password by the codes of his authenticator app', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, omar);
  await visitor.joins('Authenticator app');
  const forgotten = visitor.password;
  await visitor.resets('Authenticator app');
  await visitor.mistypes(forgotten);
});

test('Ewa has mistyped her password too often, unlocks her account and signs in with it', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, ewa);
  await visitor.joins('Text message');
  await test.step('wrong passwords slow down', async () => {
    for (let tries = 0; tries < 5; tries++) await visitor.mistypes('not the lanterns at all');
    await expect(page.locator('main')).toContainText('you can try again in');
  });
  await visitor.asksTo('Unlock my account');
  await visitor.provesBy('Text message');
  await visitor.reads(/Your account is unlocked/);
  await visitor.look('Your account is unlocked');
  await visitor.press('Sign in');
  await visitor.signsIn('Text message');
});

test('Pavel resets his password by keyboard alone', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, pavel, { hands: keyboard, look: picture });
  await visitor.joins('Text message');
  await visitor.resets('Text message');
  await visitor.signsIn('Text message');
});

test('nobody can tell from the pages whether there is an account', async ({ page, house }) => {
  // What such a name is shown differs from name to name: one that can be proved by a code.
  let visitor: Forgetful;
  let number = 0;
  do {
    number += 1;
    const nobody = { ...zara, email: `nobody.${number}@northfield.example` };
    visitor = new Forgetful(page, house, nobody, { look: async () => {} });
    await page.goto(`${house.url}/sign-in`);
    await visitor.asksTo('Reset my password');
    await visitor.reads(/How do you want to prove that it is you\?/);
  } while (number < 30 && (await page.getByText('We ask you in your app').count()) > 0);
  await look(page, 'Ways of nobody');
  await page.getByRole('radio').first().check();
  await visitor.press('Continue');
  await visitor.reads(/Check your phone|Open your authenticator app/);
  await visitor.type('Verification code', '000000');
  await visitor.press('Verify Code');
  await expect(page.locator('main')).toContainText('The code is not correct');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('Zara resets her password', async ({ page, house }) => {
    const visitor = new Forgetful(page, house, zara, { look: picture });
    await visitor.joins('Text message');
    await visitor.resets('Text message');
    await visitor.signsIn('Text message');
  });
});
