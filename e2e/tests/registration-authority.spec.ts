// The Registration Authority registers a blank card, finds a nurse, makes sure who she is and begins to issue it.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { aneurin, seren } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const GUID = '5f0c1e2a9b3d4c578e1120a4b6c8d0f2';

test('the Registration Authority checks who somebody is before it hands out a card', async ({ page, house, browser }) => {
  test.slow();
  const context = await browser.newContext();
  const nurse = new Visitor(await context.newPage(), house, seren);
  await nurse.joins('Text message');

  const agent = new Visitor(page, house, aneurin);
  await agent.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', aneurin.email, '--role', 'ra-agent');
  await agent.signsIn('Authenticator app');

  await test.step('the console begins with the part that the role opens', async () => {
    await agent.follow('Console');
    await agent.reads(/Smartcards/);
    await look(page, 'Smartcards');
  });

  await test.step('a blank card is registered, and a file with a bad row is not', async () => {
    await agent.follow('Register blank cards');
    await agent.reads(/Register blank cards/);
    await look(page, 'Register blank cards');
    await agent.type('GUID', GUID);
    await agent.press('Register');
    await expect(page.getByRole('alert')).toContainText('Select the kind of card');
    await agent.type('GUID', GUID);
    await agent.choose('Passcode of 6 to 8 digits');
    await agent.type('What is printed on it', 'NTH 004713');
    await agent.press('Register');
    await expect(page.getByRole('main')).toContainText('1 blank card is registered.');
    const csv = `guid,profile,label\n${GUID},piv-6-8-digits,NTH 004713\nabc,piv-6-8-digits,NTH 004714\n`;
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name: 'cards.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await agent.press('Register all');
    await expect(page.getByRole('main')).toContainText('Row 3: the GUID is not 32 hexadecimal digits');
    await look(page, 'A bad row');
  });

  await test.step('find the nurse', async () => {
    await agent.follow('Smartcards');
    await agent.type('Find a person or a card', 'nth 0047');
    await agent.press('Find');
    await expect(page.getByRole('main')).toContainText('Nobody’s card');
    await agent.type('Find a person or a card', 'seren b');
    await agent.press('Find');
    await look(page, 'People and cards found');
    await agent.follow('Seren Bowen');
    await agent.reads(/Seren Bowen/);
    await look(page, 'A person at the Registration Authority');
  });

  await test.step('the identity is checked first', async () => {
    await agent.follow('Issue a card');
    await agent.reads(/Check identity/);
    await agent.press('I have seen these documents');
    await expect(page.getByRole('alert')).toContainText('Select the documents that you have seen');
    await look(page, 'Documents missing');
    await page.getByRole('checkbox', { name: 'Passport', exact: true }).check();
    await agent.press('I have seen these documents');
    await agent.reads(/Issue a card/);
    await look(page, 'Issue a card');
  });

  await test.step('the card is chosen by what is printed on it', async () => {
    await agent.press('Issue the card');
    await expect(page.getByRole('alert')).toContainText('Enter what is printed on the card, or its GUID');
    await look(page, 'Nothing filled in');
  });

  await test.step('who must come in, and what falls due', async () => {
    await page.goto(`${house.url}/console/smartcards/queue`);
    await expect(page.getByRole('main')).toContainText('Nobody must come in.');
    await look(page, 'Nobody must come in');
    await page.goto(`${house.url}/console/smartcards/forecast`);
    await agent.reads(/What falls due in the next 12 months/);
    await look(page, 'Nothing falls due');
    await page.goto(`${house.url}/console/smartcards/requests`);
    await look(page, 'Nothing waits');
  });

  await test.step('the nurse sees that she was checked', async () => {
    await nurse.page.goto(`${house.url}/sign-in`);
    await nurse.signsIn('Text message');
    await nurse.follow('Recent activity');
    await expect(nurse.page.getByRole('main')).toContainText('Registration Authority checked who was there');
  });
  await context.close();
});
