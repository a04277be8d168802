// Guide 000 begins with a trust that knows somebody: who is invited, by a form or a file, registers, and is confirmed.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { luned, type Person } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const blind = { look: async () => {} };

/** Whom no list of Northfield's has. */
const osian: Person = {
  firstName: 'Osian',
  lastName: 'Newcomer',
  born: [7, 5, 1991],
  email: 'osian.newcomer@elsewhere.example',
  mobile: '07700 900099',
  userType: '',
};

const HEADINGS = 'first name,last name,date of birth,email,phone,staff group,job role,employment type,employment status,esr number,user type';
const row = (number: number, born = '1990-03-14') =>
  `Alex,Newcomer,${born},alex.${number}@elsewhere.example,,Nursing and Midwifery Registered,,permanent or fixed term,new starter,,`;

// Who is invited is seen by everybody who looks after passports in the house.
test.use({ apart: 'invitations' });

test('people are invited, register and are confirmed', async ({ page, browser, house }) => {
  test.slow();
  const manager = new Visitor(page, house, luned, blind);
  const main = page.getByRole('main');
  await manager.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', luned.email, '--role', 'passport-manager');
  await manager.signsIn('Authenticator app');

  await test.step('one person, by a form', async () => {
    await page.goto(`${house.url}/console/passports`);
    await manager.follow('Invitations');
    await manager.reads(/Invitations/);
    await look(page, 'No invitations');
    await manager.press('Invite one person');
    await manager.press('Invite');
    await expect(page.getByRole('alert')).toContainText('Enter a real date of birth');
    await look(page, 'Invite one person');
    await manager.type('First name', osian.firstName);
    await manager.type('Last name', osian.lastName);
    await manager.type('Day', '7');
    await manager.type('Month', 'May');
    await manager.type('Year', '1991');
    await manager.type('Email address', osian.email);
    await manager.choose('Nursing and Midwifery Registered');
    await manager.choose('Permanent or fixed term');
    await manager.choose('New starter');
    const mail = await house.mailbox.next(osian.email, () => manager.press('Invite'));
    expect(mail.text).toContain('Northfield Hospitals invites you to a staff passport');
    expect(mail.text).toContain(house.url);
    await manager.reads(/Invitation of Osian Newcomer/);
    await look(page, 'Invited');
  });

  await test.step('many, by a file: mistakes first', async () => {
    await manager.follow('Back');
    await manager.follow('Invite many people by a file');
    await manager.reads(/Invite many people/);
    await look(page, 'Invite many people');
    const file = (name: string, lines: string[]) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\n')}\n`) });
    await page.getByLabel('CSV file').setInputFiles(file('wrong.csv', [HEADINGS, row(1), row(2, '30/02/1990'), row(1)]));
    await manager.press('Upload');
    await expect(main).toContainText('2 mistakes in the file');
    await expect(main).toContainText('Line 3, date of birth: Enter a real date of birth');
    await look(page, 'Mistakes');
    const many = Array.from({ length: 3_000 }, (_, number) => row(number));
    await page.getByLabel('CSV file').setInputFiles(file('right.csv', [HEADINGS, ...many]));
    await manager.press('Upload');
    await manager.reads(/Invite 3000 people\?/);
    await look(page, 'How many');
    await manager.press('Invite them');
    await manager.reads(/Invitations are being sent|Everybody in the file is invited/);
    if (await page.getByRole('progressbar').isVisible()) await look(page, 'On their way');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Everybody in the file is invited', { timeout: 60_000 });
    await expect(main).toContainText('3000 of 3000 were invited by this file.');
    await look(page, 'All are invited');
  });

  await test.step('who was invited registers, and is confirmed by a named colleague', async () => {
    const phone = await (await browser.newContext()).newPage();
    await new Visitor(phone, house, osian, blind).joins('Authenticator app');
    await phone.context().close();
    await page.goto(`${house.url}/console/passports`);
    await expect(main).toContainText('1 person who was invited has registered.');
    await look(page, 'Somebody has registered');
    await manager.follow('Check who that person is');
    await look(page, 'Who has registered');
    await manager.follow('Osian Newcomer');
    await manager.reads(/Invitation of Osian Newcomer/);
    await look(page, 'Check who the person is');
    await manager.press('Confirm the identity');
    await expect(page.getByRole('alert')).toContainText('Choose how you have checked who the person is');
    await manager.choose('In person');
    await manager.press('Confirm the identity');
    await expect(main).toContainText('By Luned Pugh');
    await look(page, 'Confirmed');
    await manager.press('Provide the identity credential');
    await manager.reads(/Identity/);
    await expect(page.getByLabel('First name')).toHaveValue('Osian');
    await look(page, 'The identity credential');
  });

  await test.step('an invitation is deleted', async () => {
    await page.goto(`${house.url}/console/passports/invitations`);
    await page.getByRole('link', { name: 'Alex Newcomer' }).first().click();
    await manager.follow('Delete this invitation');
    await manager.reads(/Delete the invitation of Alex Newcomer\?/);
    await look(page, 'Delete an invitation');
    await manager.press('Delete');
    await manager.reads(/Invitations/);
  });
});
