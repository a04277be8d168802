// Choosing a password: its strength while it is typed, shown, pasted, refused; and the same without scripts.
import { expect, STOLEN, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { beatriz, chidi, owen, zofia } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const quietly = { look: async () => {} };
const GOOD = 'seven copper kettles whistling';

test('the strength of a password is told in words while it is typed', async ({ page, house }) => {
  const visitor = new Visitor(page, house, zofia, quietly);
  await visitor.verifiesTheCode(await visitor.asksForACode());
  await visitor.reads(/Choose a password/);
  const password = page.getByLabel('Password', { exact: true });
  const told = page.locator('.fw-strength__words');
  await expect(told, 'a screen reader tells it, too').toHaveAttribute('aria-live', 'polite');
  await expect(told).toHaveText('');

  await password.pressSequentially('seven');
  await expect(told).toHaveText('Password strength: too short, 7 more characters are needed');
  await look(page, 'A password that is too short');
  await password.pressSequentially(' copper kettles whistling');
  await expect(told).toHaveText(/^Password strength: (very )?strong$/);
  await look(page, 'A strong password');
  const wanted = [
    ['aaaaaaaaaaaaaaa', /too easy to guess/],
    [STOLEN, /known from thefts of data/],
    ['seven otters of Northfield', /the name of your organisation/],
    [`seven ${zofia.email} otters`, /your name or email address/],
    ['', /^$/],
  ] as const;
  for (const [typed, words] of wanted) {
    await password.fill(typed);
    await expect(told).toHaveText(words);
  }

  await password.fill('seven otters of Zebedee');
  await expect(told).toHaveText(/strong$/);
  await visitor.type('First name', 'Zebedee');
  await visitor.type('Last name', zofia.lastName);
  await expect(told, 'a name that is entered later counts').toHaveText(/your name or email address/);
});

test('a password can be shown, hidden and pasted', async ({ page, house }) => {
  const visitor = new Visitor(page, house, owen, quietly);
  await visitor.verifiesTheCode(await visitor.asksForACode());
  await visitor.reads(/Choose a password/);
  const password = page.getByLabel('Password', { exact: true });
  await visitor.type('First name', GOOD);
  await page.getByLabel('First name').press('Control+A');
  await page.getByLabel('First name').press('Control+X');
  await password.press('Control+V');
  await expect(password).toHaveValue(GOOD);
  await expect(page.locator('.fw-strength__words')).toHaveText(/strong$/);

  await expect(password).toHaveAttribute('type', 'password');
  await visitor.press('Show password');
  await expect(password).toHaveAttribute('type', 'text');
  await look(page, 'A password that is shown');
  await visitor.press('Hide password');
  await expect(password).toHaveAttribute('type', 'password');
});

test('a password that attackers have is refused when the form is sent', async ({ page, house }) => {
  const visitor = new Visitor(page, house, beatriz, quietly);
  await visitor.verifiesTheCode(await visitor.asksForACode());
  await visitor.type('Password', STOLEN);
  await visitor.press('Continue');
  await expect(page.getByRole('link', { name: /known from thefts of data elsewhere/ })).toBeVisible();
  await look(page, 'A stolen password refused');
  await visitor.givesDetails();
  await visitor.reads(/Choose your second step/);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the server says the same when the form is sent', async ({ page, house }) => {
    const visitor = new Visitor(page, house, chidi, quietly);
    await visitor.verifiesTheCode(await visitor.asksForACode());
    await visitor.reads(/Choose a password/);
    await expect(page.locator('.fw-strength')).toBeHidden();
    await expect(page.getByRole('button', { name: 'Show password' })).toBeHidden();
    await visitor.type('Password', 'password1234');
    await visitor.press('Continue');
    await expect(page.getByRole('link', { name: /too easy to guess/ })).toBeVisible();
  });
});
