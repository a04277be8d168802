// Guide 002, "Set up a mobile phone (call) as your authentication method", and what the call is for: to sign in and to reset a
// password, by a phone that rings and its # key.
import { Forgetful } from '../support/forgetful.ts';
import { expect, test } from '../support/house.ts';
import { idris } from '../support/people.ts';
import type { PhoneCall } from '../support/twilio-voice.ts';
import type { Visitor } from '../support/visitor.ts';

test.use({ calls: true });

const shows = (visitor: Visitor, words: string | RegExp) => expect(visitor.page.getByText(words)).toBeVisible();

/** Does something that calls a person. */
const isCalled = (visitor: Visitor, act: () => Promise<unknown>, number = visitor.person.mobile): Promise<PhoneCall> =>
  visitor.house.calls.next(number, act);

/** Steps 2 to 4: *Add sign-in method*, *Phone*, *Add*; the number, *Call me*, *Next*. */
async function asksForACall(visitor: Visitor, number = visitor.person.mobile): Promise<PhoneCall> {
  await test.step('2 and 3: Add sign-in method, Phone, Add', async () => {
    await visitor.page.goto(`${visitor.house.url}/security-info`);
    await visitor.reads(/Security info/);
    await visitor.press('Add sign-in method');
    await visitor.reads(/Add a method/);
    await visitor.choose('Phone');
    await visitor.press('Add');
  });
  return test.step('4 United Kingdom (+44), the number, Call me, Next', async () => {
    await visitor.reads(/Phone/);
    await expect(visitor.page.getByLabel('Country')).toHaveText('United Kingdom (+44)');
    await visitor.type('Mobile phone number', number);
    await visitor.choose('Call me');
    await visitor.look('4 Phone, Call me');
    return isCalled(visitor, () => visitor.press('Next'), number);
  });
}

/** Step 5: "Answer the call and press the # key on the device". Where there are no scripts, `goesOn` follows. */
async function answersAndPresses(visitor: Visitor, call: PhoneCall, saysWhatFor: string): Promise<void> {
  await test.step('5 answer the call and press the # key', async () => {
    await visitor.reads(/Answer our call/);
    await shows(visitor, 'We are calling you.');
    await call.rings();
    await shows(visitor, 'Your phone is ringing.');
    await call.isAnswered();
    expect(call.heard).toContain(`This is Fobwatch. Press hash only if you are ${saysWhatFor}`);
    await shows(visitor, 'The call was answered. Press the # key.');
    await call.presses('#');
  });
}

/** Steps 6 and 7. */
async function isSetUp(visitor: Visitor): Promise<void> {
  await test.step('6 Call answered, Done', async () => {
    await visitor.reads(/Call answered/);
    await visitor.look('6 Call answered');
    await visitor.press('Done');
  });
  await test.step('7 Phone appears as a method', async () => {
    await visitor.reads(/Security info/);
    const ending = `Phone ending in ${visitor.person.mobile.slice(-2)}`;
    await expect(visitor.page.getByRole('heading', { name: ending })).toBeVisible();
    await visitor.look('7 Security info');
  });
}

/** Name and password, then a call in the place of a code. */
async function signsInByACall(visitor: Visitor): Promise<PhoneCall> {
  await visitor.type('Email address or staff number', visitor.person.email);
  await visitor.type('Password', visitor.password);
  await visitor.press('Sign in');
  await visitor.follow('Use another way to sign in');
  return choosesACall(visitor);
}

async function choosesACall(visitor: Visitor): Promise<PhoneCall> {
  await visitor.reads(/How do you want to sign in\?/);
  await visitor.choose('Phone call');
  await visitor.look('How do you want to sign in');
  return isCalled(visitor, () => visitor.press('Continue'));
}

/** From the page for signing in: *Mobile phone (call)*. */
async function resetsByACall(visitor: Forgetful): Promise<PhoneCall> {
  await visitor.asksTo('Reset my password');
  await visitor.reads(/How do you want to prove/);
  await visitor.choose('Mobile phone (call)');
  await visitor.look('How do you want to prove that it is you');
  return isCalled(visitor, () => visitor.press('Continue'));
}

const isIn = (visitor: Visitor) => visitor.reads(/^Good (morning|afternoon|evening)/);

test('Idris sets a phone up by a call, signs in by a call and resets his password by a call', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, idris);
  await visitor.joins('Email');
  await visitor.signsIn('Email');

  const call = await asksForACall(visitor);
  await visitor.look('5 Answer our call');
  await answersAndPresses(visitor, call, 'setting up this phone now');
  await isSetUp(visitor);
  await visitor.press('Sign out');

  await test.step('he signs in by a call', async () => {
    const call = await signsInByACall(visitor);
    await visitor.reads(/Answer our call/);
    await shows(visitor, `We are calling your phone ending in ${idris.mobile.slice(-2)}`);
    await visitor.look('Sign in: Answer our call');
    await answersAndPresses(visitor, call, 'signing in now');
    await isIn(visitor);
    await visitor.press('Sign out');
  });

  await test.step('he resets his password by a call', async () => {
    await page.goto(`${house.url}/sign-in`);
    const forgotten = visitor.password;
    const call = await resetsByACall(visitor);
    await visitor.reads(/Answer our call/);
    await visitor.look('Reset: Answer our call');
    await call.rings();
    await call.isAnswered();
    expect(call.heard).toContain('Press hash only if you are resetting your password now');
    await call.presses('#');
    await visitor.choosesANewPassword();
    await visitor.mistypes(forgotten);
  });
});
