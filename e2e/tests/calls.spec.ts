// Guide 002, "Set up a mobile phone (call) as your authentication method", and what the call is for: to sign in and to reset a
// password, by a phone that rings and its # key.
import type { Page } from '@playwright/test';
import { Forgetful } from '../support/forgetful.ts';
import { keyboard } from '../support/hands.ts';
import { expect, test, type House } from '../support/house.ts';
import { picture } from '../support/look.ts';
import { bronwen, emrys, hana, idris, leila, marged, mateusz, yusuf, zara } from '../support/people.ts';
import type { PhoneCall } from '../support/twilio-voice.ts';
import type { Visitor } from '../support/visitor.ts';

test.use({ calls: true });

/** What becomes of a call, and what the page says then. */
const ENDS = {
  engaged: {
    happens: (call: PhoneCall) => call.isEngaged(),
    heading: /Your phone was engaged/,
    says: 'End the other call, then let us call again.',
  },
  'not answered': {
    happens: (call: PhoneCall) => call.isNotAnswered(),
    heading: /Nobody answered the call/,
    says: 'Make sure that the phone is switched on and near you',
  },
  voicemail: {
    happens: (call: PhoneCall) => call.isAnswered().then(() => call.hearsAll()),
    heading: /The call was taken, but no key was pressed/,
    says: 'A voicemail may have taken the call.',
  },
  'hung up': {
    happens: (call: PhoneCall) => call.isAnswered().then(() => call.hangsUp()),
    heading: /The call ended before # was pressed/,
    says: 'Listen to the message and press the # key before you end the call.',
  },
  'wrong key': {
    happens: (call: PhoneCall) => call.isAnswered().then(() => call.presses('5')),
    heading: /Another key than # was pressed/,
    says: 'Press the # key. On most phones it is at the bottom right.',
  },
};

const quietly = { look: async () => {} };

const shows = (visitor: Visitor, words: string | RegExp) => expect(visitor.page.getByText(words)).toBeVisible();

/** Does something that calls a person. */
const isCalled = (visitor: Visitor, act: () => Promise<unknown>, number = visitor.person.mobile) =>
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

/** Step 5: "Answer the call and press the # key on the device". `then`: what makes the page say how the call stands. */
async function answersAndPresses(visitor: Visitor, call: PhoneCall, saysWhatFor: string, then = itself): Promise<void> {
  await test.step('5 answer the call and press the # key', async () => {
    await visitor.reads(/Answer our call/);
    await shows(visitor, 'Waiting for your phone to ring.');
    await call.rings();
    await then(visitor);
    await shows(visitor, 'Your phone is ringing.');
    await call.isAnswered();
    expect(call.heard).toContain(`This is Fobwatch. Press hash only if you are ${saysWhatFor}`);
    await then(visitor);
    await shows(visitor, 'The call was answered. Press the # key.');
    await call.presses('#');
  });
}

/** Scripts do it. */
const itself = async (_visitor: Visitor) => {};

/** The phone rings, but # is not pressed on it: the page says why, and *Call me again* follows where it helps. */
async function ends(visitor: Visitor, call: PhoneCall, end: keyof typeof ENDS, then = itself): Promise<PhoneCall> {
  return test.step(`the call is ${end}, which the page says`, async () => {
    const { happens, heading, says } = ENDS[end];
    await visitor.reads(/Answer our call/);
    await call.rings();
    await happens(call);
    await then(visitor);
    await visitor.reads(heading);
    await shows(visitor, says);
    await visitor.look(`The call is ${end}`);
    return isCalled(visitor, () => visitor.press('Call me again'));
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
  await startsToSignIn(visitor);
  return isCalled(visitor, () => visitor.press('Continue'));
}

/** As far as *Phone call*, chosen. */
async function startsToSignIn(visitor: Visitor): Promise<void> {
  await visitor.type('Email address or staff number', visitor.person.email);
  await visitor.type('Password', visitor.password);
  await visitor.press('Sign in');
  await visitor.follow('Use another way to sign in');
  await visitor.reads(/How do you want to sign in\?/);
  await visitor.choose('Phone call');
  await visitor.look('How do you want to sign in');
}

/** From the page for signing in to the ways. */
async function asksToReset(visitor: Forgetful): Promise<void> {
  await visitor.page.goto(`${visitor.house.url}/sign-in`);
  await visitor.asksTo('Reset my password');
  await visitor.reads(/How do you want to prove/);
}

/** As far as *Mobile phone (call)*, chosen. */
async function startsToReset(visitor: Forgetful): Promise<void> {
  await asksToReset(visitor);
  await visitor.choose('Mobile phone (call)');
  await visitor.look('How do you want to prove that it is you');
}

/** A user name that nobody has is shown ways, too, which differ from name to name: one whose ways are a phone's. */
async function nobodyWithAPhone(page: Page, house: House): Promise<Forgetful> {
  for (let number = 1; number < 20; number++) {
    const nobody = new Forgetful(page, house, { ...zara, email: `nobody.${number}@northfield.example` }, quietly);
    await asksToReset(nobody);
    if ((await page.getByRole('radio').count()) === 2 && (await page.getByText('Mobile phone (call)').isVisible())) return nobody;
  }
  throw new Error('no name that nobody has is shown a phone');
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
    const forgotten = visitor.password;
    await startsToReset(visitor);
    const call = await isCalled(visitor, () => visitor.press('Continue'));
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

test('Marged is told why she is not signed in yet: engaged, not answered, a voicemail, hung up', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, marged);
  await visitor.joins('Text message');
  let call = await signsInByACall(visitor);
  for (const end of ['engaged', 'not answered', 'voicemail', 'hung up'] as const) call = await ends(visitor, call, end);
  await answersAndPresses(visitor, call, 'signing in now');
  await isIn(visitor);
});

test('Yusuf presses another key while he sets his phone up, and is called again', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, yusuf);
  await visitor.joins('Email');
  await visitor.signsIn('Email');
  const first = await asksForACall(visitor);
  const second = await ends(visitor, first, 'wrong key');
  await answersAndPresses(visitor, second, 'setting up this phone now');
  await isSetUp(visitor);
});

test('a call that cannot be placed is no fault of the person’s, and can be tried again', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, emrys);
  await visitor.joins('Text message');
  await startsToSignIn(visitor);
  // Twilio has no line free.
  house.calls.refuses = 10004;
  await visitor.press('Continue');
  await visitor.reads(/We could not call you/);
  await shows(visitor, 'This is nothing that you did.');
  await visitor.look('We could not call you');
  expect(house.calls.to(emrys.mobile)).toEqual([]);
  const call = await isCalled(visitor, () => visitor.press('Call me again'));
  await answersAndPresses(visitor, call, 'signing in now');
  await isIn(visitor);
});

test('Hana’s phone is not called twice at a time, from wherever she asks', async ({ page, house, browser }) => {
  const visitor = new Forgetful(page, house, hana);
  await visitor.joins('Text message');
  const call = await signsInByACall(visitor);
  await call.rings();
  await shows(visitor, 'Your phone is ringing.');

  await visitor.press('Call me again');
  await visitor.reads(/Answer our call/);
  await shows(visitor, 'Your phone is ringing.');
  expect(house.calls.to(hana.mobile), 'the call goes on').toEqual([call]);

  const elsewhere = await browser.newContext();
  const other = new Forgetful(await elsewhere.newPage(), house, hana);
  await other.page.goto(`${house.url}/sign-in`);
  await startsToSignIn(other);
  await other.press('Continue');
  await other.reads(/How do you want to sign in/);
  await expect(other.page).toHaveTitle(/^Error: /);
  await expect(other.page.getByRole('alert')).toContainText('Your phone is being called, or was a moment ago.');
  await other.look('Another call is under way');
  expect(house.calls.to(hana.mobile), 'nor does another browser begin one').toEqual([call]);

  await call.isEngaged();
  await visitor.reads(ENDS.engaged.heading);
  await other.choose('Phone call');
  const next = await isCalled(other, () => other.press('Continue'));
  await answersAndPresses(other, next, 'signing in now');
  await isIn(other);
  await elsewhere.close();
});

test('a reset does not tell what became of the call, and so not of an account', async ({ page, house, browser }) => {
  const visitor = new Forgetful(page, house, bronwen, quietly);
  await visitor.joins('Text message');
  await startsToReset(visitor);
  const call = await isCalled(visitor, () => visitor.press('Continue'));
  await call.rings();
  await call.isEngaged();

  const stranger = await browser.newContext();
  const nobody = await nobodyWithAPhone(await stranger.newPage(), house);
  await nobody.choose('Mobile phone (call)');
  await nobody.press('Continue');

  for (const each of [visitor, nobody]) {
    await each.press('Continue');
    await each.reads(/Answer our call/);
    await shows(each, 'We are still waiting for your answer.');
    await shows(each, 'Waiting for your phone to ring.');
  }
  const seen = async ({ page }: Visitor) => (await page.getByRole('main').innerText()).replace(/ending in \d\d/, 'ending in');
  expect(await seen(nobody)).toBe(await seen(visitor));
  await stranger.close();
});

test('Mateusz sets a phone up and signs in by calls, by keyboard alone', async ({ page, house }) => {
  const visitor = new Forgetful(page, house, mateusz, { hands: keyboard, look: picture });
  await visitor.joins('Email');
  await visitor.signsIn('Email');
  const call = await ends(visitor, await asksForACall(visitor), 'engaged');
  await answersAndPresses(visitor, call, 'setting up this phone now');
  await isSetUp(visitor);
  await visitor.press('Sign out');
  await answersAndPresses(visitor, await signsInByACall(visitor), 'signing in now');
  await isIn(visitor);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  const reloads = (visitor: Visitor) => visitor.page.reload().then(() => undefined);

  test('Leila sets a phone up, signs in and resets her password by calls', async ({ page, house }) => {
    const visitor = new Forgetful(page, house, leila, { look: picture });
    await visitor.joins('Email');
    await visitor.signsIn('Email');
    const first = await asksForACall(visitor);
    await test.step('Next before there is an answer', async () => {
      await visitor.press('Next');
      await visitor.reads(/Answer our call/);
      await shows(visitor, 'We are still waiting for your answer.');
      await visitor.look('Still waiting');
    });
    const second = await ends(visitor, first, 'not answered', (visitor) => visitor.press('Next'));
    await answersAndPresses(visitor, second, 'setting up this phone now', reloads);
    await visitor.press('Next');
    await isSetUp(visitor);
    await visitor.press('Sign out');

    await answersAndPresses(visitor, await signsInByACall(visitor), 'signing in now', reloads);
    await visitor.press('Continue');
    await isIn(visitor);
    await visitor.press('Sign out');

    await startsToReset(visitor);
    const call = await isCalled(visitor, () => visitor.press('Continue'));
    await call.rings();
    await call.isAnswered();
    await call.presses('#');
    await visitor.press('Continue');
    await visitor.choosesANewPassword();
  });
});
