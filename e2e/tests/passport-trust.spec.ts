// The trust's side of guide 000: what people rejected is looked into, and credentials are withdrawn and revoked.
import { issue, skill } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { gwawr, merfyn } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const blind = { look: async () => {} };

// Who looks after passports sees what everybody in the house rejected.
test.use({ apart: 'rejections' });

test('a manager looks into a rejection, and withdraws what was issued in error', async ({ page, browser, house }) => {
  test.slow();
  const nurse = new Visitor(page, house, gwawr, blind);
  const desk = await (await browser.newContext()).newPage();
  const manager = new Visitor(desk, house, merfyn, blind);
  const main = desk.getByRole('main');
  for (const each of [nurse, manager]) await each.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', merfyn.email, '--role', 'passport-manager');
  await issue(house, gwawr, [skill('Fire safety'), skill('Conflict resolution')]);
  await nurse.signsIn('Authenticator app');
  await manager.signsIn('Authenticator app');

  await test.step('a team looks after what people learn', async () => {
    await desk.goto(`${house.url}/console/passports`);
    await manager.follow('Teams');
    await manager.reads(/Teams/);
    await look(desk, 'No teams');
    await manager.press('Add a team');
    await manager.press('Save');
    await expect(desk.getByRole('alert')).toContainText('Choose at least one area that the team looks after');
    await look(desk, 'A team of nothing');
    await manager.type('Name of the team', 'Education');
    await manager.type('Email address', 'education@northfield.example');
    await manager.tick('Core skills');
    await manager.press('Save');
    await expect(main).toContainText('A summary every Monday');
    await look(desk, 'Teams');
  });

  await test.step('the nurse rejects one, and the team is told', async () => {
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
    await page.getByRole('button', { name: 'Reject this credential' }).click();
    await nurse.choose('Other reason');
    await nurse.type('If you chose Other reason, provide more detail', 'That was the course before');
    const mail = await house.mailbox.next('education@northfield.example', () => nurse.press('Reject this credential'));
    expect(mail.text).toContain('That was the course before');
  });

  await test.step('the manager is told of it, reads why and what to do, and resolves it', async () => {
    await desk.goto(`${house.url}/console/passports`);
    await manager.reads(/Staff passports/);
    await expect(main).toContainText('1 person has rejected credentials.');
    await look(desk, 'Staff passports');
    await manager.follow('Look into what was rejected');
    await manager.reads(/Rejected credentials/);
    await expect(main).toContainText('That was the course before');
    await look(desk, 'Rejected credentials');
    await manager.press('Mark as resolved');
    await manager.reads(/Fire safety/);
    await expect(main).toContainText('Resolved on');
    await look(desk, 'Resolved');
  });

  await test.step('the other one was issued in error', async () => {
    await desk.goto(`${house.url}/console/passports`);
    await manager.type('Name, email address or staff number', 'gwawr');
    await manager.press('Find');
    await look(desk, 'Found');
    await manager.follow('Gwawr Meredydd');
    await manager.reads(/Staff passport of Gwawr Meredydd/);
    await look(desk, 'The passport of somebody');
    await manager.follow('Conflict resolution');
    await look(desk, 'A credential');
    await manager.press('Withdraw');
    await expect(desk.getByRole('alert')).toContainText('Choose why the credential ends');
    await look(desk, 'No reason');
    await manager.choose('It was issued in error');
    const mail = await house.mailbox.next(gwawr.email, () => manager.press('Withdraw'));
    expect(mail.text).toContain('It was issued in error');
    await expect(main).toContainText('The reason: It was issued in error.');
    await look(desk, 'Withdrawn');
  });

  await test.step('what is right is provided by its form', async () => {
    await manager.follow('Back');
    await manager.reads(/Staff passport of Gwawr Meredydd/);
    await manager.press('Provide a credential');
    await manager.reads(/Provide a credential/);
    await look(desk, 'What can be provided');
    await manager.follow('Safeguarding adults, Level 2');
    await look(desk, 'A form to fill in');
    await manager.press('Provide');
    await expect(desk.getByRole('alert')).toContainText('Enter “Attained”');
    await look(desk, 'What is missing');
    const attained = desk.getByRole('group', { name: 'Attained' });
    await attained.getByLabel('Day').fill('3');
    await attained.getByLabel('Month').fill('March');
    await attained.getByLabel('Year').fill('2026');
    for (const [field, text] of [
      ['Origin', 'Electronic Staff Record'],
      ['Assurance outcome', 'Passed'],
      ['Verification method', 'Certificate seen'],
    ] as const) {
      await manager.type(field, text);
    }
    await manager.choose('Authoritative');
    await house.mailbox.next(gwawr.email, () => manager.press('Provide'));
    await expect(main).toContainText('Waits for the person’s review');
    await look(desk, 'Provided');
    await page.goto(`${house.url}/passport`);
    await expect(page.getByRole('link', { name: /^Review and add ?: Safeguarding adults, Level 2/ })).toBeVisible();
  });

  await test.step('the nurse reads both', async () => {
    await page.goto(`${house.url}/passport/history`);
    await expect(page.getByRole('main')).toContainText('Your rejection was resolved');
    await expect(page.getByRole('main')).toContainText('Done by Merfyn Prothero');
    await page.goto(`${house.url}/passport`);
    await expect(page.getByRole('heading', { name: 'Taken back by who issued them' })).toBeVisible();
  });
  await desk.context().close();
});
