// Guide 001 where it says "you must visit your Registration Authority": locked on day 386, the third renewal, expired certificates. The
// person's card is in the second reader of the Registration Authority's workstation, whose own card stays in the first one.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { dafydd, elin, heulwen, imogen, lowri } from '../support/people.ts';
import { ages, quickly, REASON, RegistrationAuthority } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Card, Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

const FIRST = '482913';
const SECOND = '591736';

test('an account that is locked on day 386 is unlocked at the Registration Authority', async ({ page, house, browser }) => {
  test.slow();
  const counter = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, dafydd, 'ra-agent');
  const unlocker = await RegistrationAuthority.opens(browser, house, heulwen, 'ra-unlocker');
  const owner = new Visitor(page, house, lowri, quickly);
  await owner.joins('Authenticator app');
  await agent.registers(counter.card, 'NTH 000601');
  await agent.issues(counter, lowri, 'NTH 000601', FIRST);
  await owner.signsIn('Authenticator app');

  await test.step('on day 386 the person is sent to the Registration Authority, whatever they try', async () => {
    ages(house, counter.card, { passcode: 386 });
    for (const path of ['/home', '/smartcard/passcodes', '/smartcard/renew', '/smartcard/unlock']) {
      await page.goto(`${house.url}${path}`);
      await owner.reads(/Your account is locked/);
    }
    await expect(page.getByRole('main')).toContainText('FW-2003');
    await look(page, 'Your account is locked');
  });

  await test.step('an unlocker sees who must come in, makes sure who it is, and unlocks', async () => {
    await unlocker.finds(lowri);
    await unlocker.follow('NTH 000601');
    await expect(unlocker.page.getByRole('main')).toContainText('Locked');
    await expect(unlocker.page.getByRole('link', { name: 'Cancel the card' })).toHaveCount(0);
    await look(unlocker.page, 'A locked card');
    await unlocker.follow('Unlock the account');
    await unlocker.seesAPassport();
    await unlocker.reads(/Unlock the account/);
    await unlocker.press('Unlock');
    await expect(unlocker.page.getByRole('alert')).toBeVisible();
    await unlocker.type('Reason', REASON);
    await look(unlocker.page, 'Unlock the account');
    await unlocker.press('Unlock');
    await expect(unlocker.page.getByRole('main')).toContainText('The account is unlocked.');
    await look(unlocker.page, 'Unlocked by the Registration Authority');
  });

  await test.step('the person sets passcodes before anything else, with the card in the second reader', async () => {
    // A card of somebody else's is in the first one, and the job finds the right one.
    await counter.takesOut();
    await counter.putsIn(await Card.ofTheBureau(house), 0);
    await counter.putsIn(counter.card, 1);
    await page.goto(`${house.url}/home`);
    await owner.reads(/Manage Passcodes/);
    await look(page, 'Passcodes before anything else');
    await owner.type('Current Smartcard Passcode *', FIRST);
    await owner.press('Update');
    await expect(page.getByRole('alert')).toContainText('Enter a new Smartcard Passcode');
    await owner.type('New Smartcard Passcode', SECOND);
    await owner.type('Confirm New Smartcard Passcode', SECOND);
    await owner.type('Current Smartcard Passcode *', FIRST);
    await owner.press('Update');
    await counter.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your passcodes have been updated successfully');
    await page.goto(`${house.url}/home`);
    await owner.reads(/^Good/);
  });
  await test.step('the person was told', async () => {
    await owner.follow('Recent activity');
    await expect(page.getByRole('main')).toContainText('unlocked');
  });
  await agent.page.context().close();
  await unlocker.page.context().close();
  await counter.close();
});

test('the third renewal, and one of expired certificates, are made by the Registration Authority', async ({ page, house, browser }) => {
  test.slow();
  const counter = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, elin, 'ra-agent');
  const owner = new Visitor(page, house, imogen, quickly);
  await owner.joins('Authenticator app');
  await agent.registers(counter.card, 'NTH 000602');
  await agent.issues(counter, imogen, 'NTH 000602', FIRST);
  await owner.signsIn('Authenticator app');

  const renews = async () => {
    await page.goto(`${house.url}/home`);
    await owner.reads(/Renew Certificates/);
    await owner.type('Smartcard Passcode', FIRST);
    await owner.press('OK');
    await counter.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your certificates have been renewed');
  };
  /** *Renew the certificates* in the console; the person types their passcode there. */
  const isRenewed = async () => {
    await agent.findsCard(imogen, 'NTH 000602');
    await look(agent.page, 'A card to renew');
    await agent.follow('Renew the certificates');
    if ((await agent.page.getByRole('heading', { level: 1 }).innerText()) === 'Check identity') {
      await look(agent.page, 'Check identity first');
      await agent.seesAPassport();
    }
    await agent.reads(/Renew the certificates/);
    await agent.type('Smartcard Passcode', FIRST);
    await agent.type('Reason', REASON);
    await look(agent.page, 'Renew the certificates');
    await agent.press('Renew');
    await counter.opensTheCardProgram(agent.page);
    await expect(agent.page.getByRole('button', { name: 'Continue' })).toBeVisible();
    await look(agent.page, 'Renewed by the Registration Authority');
    await agent.press('Continue');
    await agent.reads(/NTH 000602/);
  };

  await test.step('two renewals are the person’s own', async () => {
    for (let times = 1; times <= 2; times += 1) {
      ages(house, counter.card, { certificates: 15 });
      await renews();
    }
  });

  await test.step('before the third the alert says where to go', async () => {
    ages(house, counter.card, { certificates: 25 });
    await page.goto(`${house.url}/home`);
    await owner.reads(/needs your attention/);
    await expect(page.getByRole('main')).toContainText('Registration Authority');
    await look(page, 'The third renewal is announced');
    await owner.press('Later');
  });

  await test.step('the third is the Registration Authority’s', async () => {
    ages(house, counter.card, { certificates: 15 });
    await page.goto(`${house.url}/home`);
    await owner.reads(/must be renewed by the Registration Authority/);
    await agent.page.goto(`${house.url}/console/smartcards/queue`);
    await expect(agent.page.getByRole('main')).toContainText('Imogen Castle');
    await look(agent.page, 'Who must come in');
    await isRenewed();
    await page.goto(`${house.url}/home`);
    await owner.reads(/^Good/);
  });

  await test.step('the count starts again', async () => {
    await page.goto(`${house.url}/smartcard`);
    await expect(page.getByRole('main')).toContainText('You can renew twice more');
    ages(house, counter.card, { certificates: 15 });
    await renews();
    await page.goto(`${house.url}/smartcard`);
    await expect(page.getByRole('main')).toContainText('You can renew once more');
  });

  await test.step('expired certificates are renewed there, too', async () => {
    ages(house, counter.card, { certificates: -3 });
    await page.goto(`${house.url}/home`);
    await owner.reads(/Your certificates have expired/);
    await look(page, 'Your certificates have expired');
    await isRenewed();
    await page.goto(`${house.url}/smartcard`);
    await expect(page.getByRole('main')).toContainText('You can renew twice more');
    await look(page, 'The count starts again');
  });
  await agent.page.context().close();
  await counter.close();
});
