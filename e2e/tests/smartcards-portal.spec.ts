// Guide 001 in a browser, with the real card program and a virtual card behind the real PC/SC service: the Registration Authority
// issues a card, its owner sets passcodes, renews and revokes.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { dilys, ifor } from '../support/people.ts';
import { ages } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

const FIRST = '482913';
const SECOND = '591736';

test('the guide of the Self Service Portal, from a blank card to its end', async ({ page, house, browser }) => {
  test.slow();
  const ward = await Workstation.open(house);
  const days = (passcode: number, certificates: number) => ages(house, ward.card, { passcode, certificates });

  const context = await browser.newContext();
  const agent = new Visitor(await context.newPage(), house, ifor);
  await agent.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', ifor.email, '--role', 'ra-agent');
  const owner = new Visitor(page, house, dilys);
  await owner.joins('Authenticator app');

  await test.step('the Registration Authority issues a card', async () => {
    await agent.signsIn('Authenticator app');
    await agent.page.goto(`${house.url}/console/smartcards/blank`);
    await agent.type('GUID', ward.guid);
    await agent.choose('Passcode of 6 to 8 digits');
    await agent.type('What is printed on it', 'NTH 000412');
    await agent.press('Register');
    await agent.page.goto(`${house.url}/console/smartcards`);
    await agent.type('Find a person or a card', 'dilys');
    await agent.press('Find');
    await agent.follow(`${dilys.firstName} ${dilys.lastName}`);
    await agent.follow('Issue a card');
    await agent.page.getByRole('checkbox', { name: 'Passport', exact: true }).check();
    await agent.press('I have seen these documents');
    await agent.type('Blank card', 'NTH 000412');
    await agent.choose('The person is here and chooses the Smartcard Passcode');
    await agent.type('New Smartcard Passcode', FIRST);
    await agent.type('Confirm New Smartcard Passcode', FIRST);
    await agent.type('Reason', 'A new colleague on the ward');
    await agent.press('Issue the card');
    await look(agent.page, 'A job on a card');
    await ward.opensTheCardProgram(agent.page);
    await expect(agent.page.getByRole('button', { name: 'Continue' })).toBeVisible();
    await look(agent.page, 'A card was issued');
  });

  await test.step('1.2 how to set your passcodes', async () => {
    await owner.signsIn('Authenticator app');
    await owner.follow('Launch Self Service Portal');
    await owner.reads(/Self Service Portal/);
    await look(page, 'Self Service Portal');
    await owner.follow('Manage Passcodes');
    await owner.type('New Account Recovery Passcode', 'quiet-Lantern-9');
    await owner.type('Confirm New Account Recovery Passcode', 'quiet-Lantern-9');
    await owner.type('New Verification Passcode', 'seven-Kettles-4');
    await owner.type('Confirm New Verification Passcode', 'seven-Kettles-4');
    await owner.type('New Smartcard Passcode', SECOND);
    await owner.type('Confirm New Smartcard Passcode', SECOND);
    house.secrets.push('quiet-Lantern-9', 'seven-Kettles-4');
    await look(page, 'Manage Passcodes');
    await owner.press('Update');
    await expect(page.getByRole('alert')).toContainText('Enter your current Smartcard Passcode');
    await owner.type('New Smartcard Passcode', SECOND);
    await owner.type('Confirm New Smartcard Passcode', SECOND);
    await owner.type('New Account Recovery Passcode', 'quiet-Lantern-9');
    await owner.type('Confirm New Account Recovery Passcode', 'quiet-Lantern-9');
    await owner.type('Current Smartcard Passcode *', FIRST);
    await owner.press('Update');
    await owner.reads(/Update your passcodes/);
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your passcodes have been updated successfully');
  });

  await test.step('1.1 the alert, later, and what is forced', async () => {
    days(360, 700);
    await page.goto(`${house.url}/home`);
    await owner.reads(/Your smartcard needs your attention/);
    await look(page, 'An alert');
    await owner.press('Later');
    await owner.reads(/^Good/);
    days(370, 700);
    await page.goto(`${house.url}/home`);
    await owner.reads(/Manage Passcodes/);
    await look(page, 'Passcodes are forced');
    days(386, 700);
    await page.goto(`${house.url}/home`);
    await owner.reads(/Your account is locked/);
    await look(page, 'Locked');
  });

  await test.step('2.1 how to renew your certificates, twice', async () => {
    for (let times = 1; times <= 2; times += 1) {
      days(1, 15);
      await page.goto(`${house.url}/home`);
      await owner.reads(/Renew Certificates/);
      await look(page, 'Update My Card');
      await owner.type('Smartcard Passcode', SECOND);
      await owner.press('OK');
      await owner.reads(/Update My Card/);
      await expect(page.getByRole('main')).toContainText('Creating card');
      await expect(page.getByRole('main')).toContainText('Writing certificates');
      await ward.opensTheCardProgram(page);
      await owner.press('Continue');
      await expect(page.getByRole('main')).toContainText('Your certificates have been renewed');
    }
    days(1, 15);
    await page.goto(`${house.url}/home`);
    await owner.reads(/must be renewed by the Registration Authority/);
    await look(page, 'The third renewal');
  });

  await test.step('revoke the certificates of a card that is lost', async () => {
    await owner.follow('Revoke the certificates of a lost or stolen card');
    await owner.reads(/Revoke Certificates/);
    await look(page, 'Revoke Certificates');
    await owner.choose('It is lost');
    await page.getByLabel('I know that the card can never be used again').check();
    await owner.press('Revoke certificates');
    await expect(page.getByRole('main')).toContainText('have been revoked');
    await look(page, 'Revoked');
  });
  await context.close();
  await ward.close();
});
