// The Registration Authority and the life of one card: handed over locked, unlocked by its owner, cancelled with a second member of staff,
// wiped, cleared, and issued to somebody else. And whoever answers the telephone checks a Verification Passcode.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { angharad, cerys, eluned, tariq } from '../support/people.ts';
import { quickly, REASON, RegistrationAuthority } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

// The house is shared with other stories, which go by the guide.
test.afterEach(async ({ house }) => {
  await house.fobwatch(
    ...['organisation', 'set', '--code', 'NTH', '--strict', 'smartcard-unlock=recovery-passcode'],
    ...['--strict', 'ra-second-approver=no'],
  );
});

const FIRST = '482913';
const SECOND = '591736';
const VERIFICATION = 'seven-Kettles-4';

test('one card, from a locked one in an envelope to its second owner', async ({ page, house, browser }) => {
  test.slow();
  house.secrets.push(VERIFICATION);
  // A one-time code unlocks a card; the rest is the guide's.
  await house.fobwatch('organisation', 'set', '--code', 'NTH', '--strict', 'smartcard-unlock=one-time-code');
  await house.fobwatch(
    ...['organisation', 'set', '--code', 'NTH', '--ra-phone', '01632 960456'],
    ...['--ra-place', 'Room 2.14, Education Centre. Monday to Friday, 8am to 4pm'],
  );
  const counter = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, angharad, 'ra-agent');
  const manager = await RegistrationAuthority.opens(browser, house, cerys, 'ra-manager');
  const owner = new Visitor(page, house, tariq, quickly);
  await owner.joins('Authenticator app');
  const next = await browser.newContext();
  const second = new Visitor(await next.newPage(), house, eluned, quickly);
  await second.joins('Text message');

  await test.step('the card is handed over locked', async () => {
    await agent.registers(counter.card, 'NTH 000901');
    await agent.issues(counter, tariq, 'NTH 000901');
    await look(agent.page, 'Issued locked');
    await agent.press('Continue');
    await agent.reads(/NTH 000901/);
    await expect(agent.page.getByRole('main')).toContainText('Handed over locked');
    await look(agent.page, 'Handed over locked');
  });

  await test.step('its owner is led to unlock it', async () => {
    await page.goto(`${house.url}/sign-in`);
    await owner.type('Email address or staff number', owner.person.email);
    await owner.type('Password', owner.password);
    await owner.press('Sign in');
    await owner.type('Verification code', owner.authenticator?.code(1) ?? '');
    await owner.press('Verify Code');
    await owner.reads(/Unlock your smartcard/);
    await expect(page.getByRole('main')).toContainText('Your smartcard was handed over locked');
    await expect(page.getByRole('main')).toContainText('Room 2.14, Education Centre');
    await look(page, 'A card that was handed over locked');
    await owner.choose('Email');
    const code = await owner.codeByEmail(() => owner.press('Send Code'));
    await owner.type('Verification code', code);
    await owner.type('New Smartcard Passcode', FIRST);
    await owner.type('Confirm New Smartcard Passcode', FIRST);
    await owner.press('Unlock');
    await counter.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your smartcard has been unlocked');
    await owner.follow('Manage Passcodes');
    await owner.type('New Verification Passcode', VERIFICATION);
    await owner.type('Confirm New Verification Passcode', VERIFICATION);
    await owner.type('Current Smartcard Passcode *', FIRST);
    await owner.press('Update');
    await counter.opensTheCardProgram(page);
    await owner.press('Continue');
  });

  await test.step('a Verification Passcode is checked on the telephone', async () => {
    await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', angharad.email, '--role', 'service-desk');
    await agent.page.goto(`${house.url}/console/verification`);
    await agent.reads(/Check a Verification Passcode/);
    for (const [said, answer] of [
      ['seven-Kettles-5', 'It does not match.'],
      [VERIFICATION, 'It matches.'],
    ] as const) {
      await agent.type('Email address or staff number', tariq.email);
      await agent.type('Verification Passcode', said);
      await agent.press('Check');
      await expect(agent.page.getByRole('main')).toContainText(answer);
      await look(agent.page, answer);
    }
  });

  await test.step('where a second approver is wanted, whoever leaves keeps the card until a manager agrees', async () => {
    await house.fobwatch('organisation', 'set', '--code', 'NTH', '--strict', 'ra-second-approver=yes');
    await agent.findsCard(tariq, 'NTH 000901');
    await agent.follow('Cancel the card');
    await agent.choose('The person has left');
    await agent.type('Reason', REASON);
    await look(agent.page, 'Cancel the card');
    await agent.press('Cancel the card');
    await expect(agent.page.getByRole('main')).toContainText('It waits for a second person');
    await agent.page.goto(`${house.url}/console/smartcards/requests`);
    await expect(agent.page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
    await manager.page.goto(`${house.url}/console/smartcards/requests`);
    await look(manager.page, 'It waits for a second person');
    await manager.press('Approve');
    await expect(manager.page.getByRole('main')).toContainText('The request is approved and done.');
  });

  await test.step('the cancelled card is wiped', async () => {
    await agent.findsCard(tariq, 'NTH 000901');
    await expect(agent.page.getByRole('main')).toContainText('Cancelled');
    await agent.follow('Wipe the card');
    await agent.type('Reason', REASON);
    await look(agent.page, 'Wipe the card');
    await agent.press('Wipe');
    await counter.opensTheCardProgram(agent.page);
    await expect(agent.page.getByRole('main')).toContainText('The certificates have been taken off the smartcard.');
    await look(agent.page, 'The certificates have been taken off');
    await agent.press('Continue');
    await expect(agent.page.getByRole('main')).toContainText('Wiped');
    await look(agent.page, 'A wiped card');
  });

  await test.step('cleared, it is issued to somebody else', async () => {
    await agent.follow('Clear the card for reuse');
    await agent.type('Reason', REASON);
    await agent.press('Clear');
    await expect(agent.page.getByRole('main')).toContainText('Nobody’s card');
    await agent.issues(counter, eluned, 'NTH 000901', SECOND);
    await agent.press('Continue');
    await expect(agent.page.getByRole('main')).toContainText('Eluned Maddox');
    await expect(agent.page.getByRole('main')).toContainText('In use');
    await look(agent.page, 'The second owner');
  });

  await test.step('the first owner has no card any more, the second one has', async () => {
    await page.goto(`${house.url}/smartcard`);
    await expect(page.getByRole('main')).not.toContainText('Valid until');
    await second.page.goto(`${house.url}/sign-in`);
    await second.signsIn('Text message');
    await second.follow('Launch Self Service Portal');
    await expect(second.page.getByRole('main')).toContainText('NTH 000901');
  });
  await next.close();
  await agent.page.context().close();
  await manager.page.context().close();
  await counter.close();
});
