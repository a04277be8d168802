// Guide 001, section 1: a smartcard that too many wrong passcodes have blocked is unlocked by its owner, with the real card program and
// a virtual card behind the real PC/SC service.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { carys, gwilym, mirela, tegan } from '../support/people.ts';
import { ages, quickly, RegistrationAuthority } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

// The house is shared with other stories, which go by the guide.
test.afterEach(async ({ house }) => {
  await house.fobwatch(
    ...['organisation', 'set', '--code', 'NTH', '--strict', 'smartcard-preset=guide'],
    ...['--strict', 'smartcard-unlock=recovery-passcode'],
  );
});

const FIRST = '482913';
const SECOND = '591736';
const THIRD = '604827';
const WRONG = '111111';
const RECOVERY = 'quiet-Lantern-9';

/** Somebody types a wrong passcode until the card takes none any more. */
async function blocksTheCard(owner: Visitor, ward: Workstation): Promise<void> {
  const { page } = owner;
  await owner.follow('Manage Passcodes');
  await owner.type('New Verification Passcode', 'seven-Kettles-4');
  await owner.type('Confirm New Verification Passcode', 'seven-Kettles-4');
  await owner.type('Current Smartcard Passcode *', WRONG);
  await owner.press('Update');
  await ward.opensTheCardProgram(page);
  await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('The card takes 2 more wrong passcodes before it blocks itself.');
  await look(page, 'A wrong passcode');
  // The card program asks from now on, and before the last try whether it is to be used.
  await ward.types(WRONG);
  await owner.press('Go on');
  await ward.opensTheCardProgram(page);
  await expect(page.getByRole('main')).toContainText('The card is blocked.');
  expect(await ward.windows()).toContain('Only one try is left.');
  await look(page, 'The card is blocked');
}

test('a blocked card is unlocked by its owner with the Account Recovery Passcode', async ({ page, house, browser }) => {
  test.slow();
  house.secrets.push(RECOVERY, 'seven-Kettles-4');
  const ward = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, gwilym, 'ra-agent');
  const owner = new Visitor(page, house, carys, quickly);
  await owner.joins('Authenticator app');
  await agent.registers(ward.card, 'NTH 000501');
  await agent.issues(ward, carys, 'NTH 000501', FIRST);
  await agent.page.context().close();
  await owner.signsIn('Authenticator app');

  await test.step('without an Account Recovery Passcode the way leads to the Registration Authority', async () => {
    await page.goto(`${house.url}/smartcard/unlock`);
    await owner.reads(/Unlock your smartcard/);
    await expect(page.getByRole('main')).toContainText('You have no Account Recovery Passcode');
    await look(page, 'Nothing to unlock by');
  });

  await test.step('the owner sets one', async () => {
    await page.goto(`${house.url}/smartcard`);
    await owner.follow('Manage Passcodes');
    await owner.type('New Account Recovery Passcode', RECOVERY);
    await owner.type('Confirm New Account Recovery Passcode', RECOVERY);
    await owner.type('Current Smartcard Passcode *', FIRST);
    await owner.press('Update');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your passcodes have been updated successfully');
  });

  await test.step('wrong passcodes block the card', () => blocksTheCard(owner, ward));

  await test.step('the portal tells of it and leads to the way out', async () => {
    await page.goto(`${house.url}/smartcard`);
    await expect(page.getByRole('main')).toContainText('Blocked');
    await look(page, 'Home with a blocked card');
    await owner.follow('Unlock your smartcard');
    await owner.reads(/Unlock your smartcard/);
  });

  await test.step('a wrong Account Recovery Passcode is counted', async () => {
    await owner.type('Account Recovery Passcode', 'quiet-Lantern-8');
    await owner.type('New Smartcard Passcode', SECOND);
    await owner.type('Confirm New Smartcard Passcode', SECOND);
    await owner.press('Unlock');
    await expect(page.getByRole('alert')).toContainText('Account Recovery Passcode');
    await look(page, 'A wrong Account Recovery Passcode');
  });

  await test.step('one of the last five is refused', async () => {
    await owner.type('Account Recovery Passcode', RECOVERY);
    await owner.type('New Smartcard Passcode', FIRST);
    await owner.type('Confirm New Smartcard Passcode', FIRST);
    await owner.press('Unlock');
    await expect(page.getByRole('alert')).toContainText('last 5');
  });

  await test.step('the right one unlocks the card with a new Smartcard Passcode', async () => {
    await owner.type('Account Recovery Passcode', RECOVERY);
    await owner.type('New Smartcard Passcode', SECOND);
    await owner.type('Confirm New Smartcard Passcode', SECOND);
    await owner.press('Unlock');
    await owner.reads(/Unlock your smartcard/);
    await look(page, 'The job that unlocks');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your smartcard has been unlocked');
    await expect(page.getByRole('main')).not.toContainText('Blocked');
    await look(page, 'Unlocked');
  });

  await test.step('the card takes the new passcode', async () => {
    ages(house, ward.card, { certificates: 15 });
    await page.goto(`${house.url}/home`);
    await owner.reads(/Renew Certificates/);
    await owner.type('Smartcard Passcode', SECOND);
    await owner.press('OK');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your certificates have been renewed');
  });
  await ward.close();
});

test('where the organisation goes by today’s rules, a one-time code unlocks the card', async ({ page, house, browser }) => {
  test.slow();
  house.secrets.push('seven-Kettles-4');
  // What unlocks a card is said, too: a story before this one may have said it, and that counts for more than the preset.
  await house.fobwatch(
    ...['organisation', 'set', '--code', 'NTH', '--strict', 'smartcard-preset=current'],
    ...['--strict', 'smartcard-unlock=one-time-code'],
  );
  const ward = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, tegan, 'ra-agent');
  const owner = new Visitor(page, house, mirela, quickly);
  await owner.joins('Authenticator app');
  await agent.registers(ward.card, 'NTH 000502');
  await agent.issues(ward, mirela, 'NTH 000502', FIRST);
  await agent.page.context().close();
  await owner.signsIn('Authenticator app');
  await owner.follow('Launch Self Service Portal');
  await test.step('wrong passcodes block the card', () => blocksTheCard(owner, ward));

  const code = await test.step('a code is sent to an address that the employer holds', async () => {
    await page.goto(`${house.url}/smartcard`);
    await owner.follow('Unlock your smartcard');
    await look(page, 'Where do you want the code');
    await owner.press('Send Code');
    await expect(page.getByRole('alert')).toBeVisible();
    await owner.choose('Email');
    const sent = await owner.codeByEmail(() => owner.press('Send Code'));
    await owner.reads(/enter the code/);
    await look(page, 'Enter the code');
    return sent;
  });

  await test.step('a wrong code unlocks nothing', async () => {
    await owner.type('Verification code', code === '000000' ? '000001' : '000000');
    await owner.type('New Smartcard Passcode', THIRD);
    await owner.type('Confirm New Smartcard Passcode', THIRD);
    await owner.press('Unlock');
    await expect(page.getByRole('alert')).toBeVisible();
  });

  await test.step('letters are refused, and it is said whose rule that is', async () => {
    await owner.type('Verification code', code);
    await owner.type('New Smartcard Passcode', 'abcdef');
    await owner.type('Confirm New Smartcard Passcode', 'abcdef');
    await owner.press('Unlock');
    await expect(page.getByRole('alert')).toContainText('numbers');
    await look(page, 'Letters are refused');
  });

  await test.step('the right code does', async () => {
    await owner.type('Verification code', code);
    await owner.type('New Smartcard Passcode', THIRD);
    await owner.type('Confirm New Smartcard Passcode', THIRD);
    await owner.press('Unlock');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your smartcard has been unlocked');
  });

  await test.step('the card takes the new passcode', async () => {
    await owner.follow('Manage Passcodes');
    await owner.type('New Verification Passcode', 'seven-Kettles-4');
    await owner.type('Confirm New Verification Passcode', 'seven-Kettles-4');
    await owner.type('Current Smartcard Passcode *', THIRD);
    await owner.press('Update');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your passcodes have been updated successfully');
  });
  await ward.close();
});
