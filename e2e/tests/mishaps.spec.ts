// What goes wrong on ordinary days: the guide doesn't say so, but people do it.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { fatima, noah, sean } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

test('a form sent with nothing in it comes back with every error, and the focus on them', async ({ page, house }) => {
  const visitor = new Visitor(page, house, noah, { look: async () => {} });
  await page.goto(`${house.url}/join`);
  await visitor.press('Discover More');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByRole('alert').or(page.locator('[data-module$="error-summary"]')).first()).toBeFocused();
  await look(page, 'Staff Group with nothing chosen');
  await page.getByRole('link', { name: 'Select your staff group' }).click();
  await expect(page.getByRole('radio').first()).toBeFocused();

  await visitor.verifiesTheCode(await visitor.asksForACode());
  await visitor.type('First name', 'Noah');
  await visitor.press('Continue');
  await expect(page).toHaveTitle(/^Error: /);
  await expect(page.getByLabel('First name'), 'what was typed is still there').toHaveValue('Noah');
  for (const wrong of ['Enter a password', 'Enter your last name', 'Enter your date of birth']) {
    await expect(page.getByRole('link', { name: wrong })).toBeVisible();
  }
  await look(page, 'Details with nothing entered');
});

test('capitals in the address, spaces in the code, another kind of apostrophe and a reload do no harm', async ({ page, house }) => {
  const shouting = { ...sean, email: sean.email.toUpperCase(), lastName: "O'BRIEN", firstName: 'Sean' };
  const visitor = new Visitor(page, house, shouting, { look: async () => {} });
  const code = await visitor.asksForACode();
  await visitor.verifiesTheCode(` ${code.slice(0, 3)} ${code.slice(3)} `);
  await visitor.reads(/Choose a password/);
  await page.reload();
  await visitor.givesDetails();
  await visitor.reads(/Choose your second step/);

  // Until there is an account, the way back leads to the details, to put them right.
  await page.goBack();
  await page.reload();
  await visitor.givesDetails();
  await visitor.reads(/Choose your second step/);
  const other = await page.context().newPage();
  await other.goto(`${house.url}/join/code`);
  await expect(other.getByRole('heading', { level: 1 }), 'a second tab goes on where the first is').toHaveText(
    /Choose your second step/,
  );
  await other.close();
  await visitor.setsUp('Authenticator app');
  await visitor.goesOnToSignIn();
});

test('whoever is not on the roster sees the same page, and is told by a message', async ({ page, house }) => {
  const look = async () => {};
  const stranger = new Visitor(page, house, { ...fatima, email: 'stranger@northfield.example' }, { look });
  const pageOf = async (visitor: Visitor) => {
    await visitor.reads(/Check your email/);
    return (await page.getByRole('main').innerText()).replaceAll(visitor.person.email, 'ADDRESS');
  };
  const email = await house.mailbox.next(stranger.person.email, () => stranger.givesAddress());
  expect(email.text, 'the message holds no code').not.toMatch(/\b\d{6}\b/);
  const seen = await pageOf(stranger);

  await page.context().clearCookies();
  const known = new Visitor(page, house, fatima, { look });
  await known.asksForACode();
  expect(await pageOf(known)).toBe(seen);
});
