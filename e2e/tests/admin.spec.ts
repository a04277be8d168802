// An administrator at their desk: the delivery log, a stricter rule with its preview, and the dashboard.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { ada } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

test('an administrator reads the delivery log, makes a rule stricter and looks at the dashboard', async ({ page, house }) => {
  const visitor = new Visitor(page, house, ada, { look: async () => {} });
  await visitor.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', ada.email, '--role', 'administrator');
  await visitor.signsIn('Authenticator app');
  const parts = page.getByRole('navigation', { name: 'Console' });

  await test.step('the delivery log says what became of messages and never where they went', async () => {
    await page.goto(`${house.url}/console`);
    await parts.getByRole('link', { name: 'Deliveries' }).click();
    await visitor.reads(/Delivery log/);
    await page.getByLabel('Channel').selectOption('Email');
    await visitor.press('Show');
    await expect(page.getByText('Security notice').first()).toBeVisible();
    await expect(page.locator('main')).not.toContainText(ada.email);
    await look(page, 'Delivery log');
    await page.getByLabel('First day').fill('last week');
    await visitor.press('Show');
    await expect(page).toHaveTitle(/^Error: /);
    await look(page, 'Delivery log with a day that is none');
  });

  await test.step('a stricter rule is shown before it is saved', async () => {
    await parts.getByRole('link', { name: 'Settings' }).click();
    await visitor.reads(/Organisation settings/);
    await look(page, 'Organisation settings');
    await page.getByRole('link', { name: 'Change Proofs to reset a password' }).click();
    await visitor.reads(/Proofs to reset a password/);
    await visitor.type('New value', '2');
    await look(page, 'A rule');
    await visitor.press('Show what it would do');
    await visitor.reads(/What this would do/);
    await expect(page.getByText('fewer than 2 methods that serve for resets')).toBeVisible();
    await look(page, 'What it would do');
    await visitor.press('Confirm and save');
    await expect(page.getByText('Saved: Proofs to reset a password')).toBeVisible();
  });

  await test.step('the rule is put back, for whoever comes after', async () => {
    await page.getByRole('link', { name: 'Change Proofs to reset a password' }).click();
    await visitor.type('New value', '1');
    await visitor.press('Show what it would do');
    await visitor.reads(/What this would do/);
    await look(page, 'What a milder rule would do');
    await visitor.press('Confirm and save');
    await expect(page.getByText('Saved: Proofs to reset a password')).toBeVisible();
  });

  await test.step('what was begun by QR code since a moment can be ended', async () => {
    await parts.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'End sessions begun by QR code' }).click();
    await visitor.reads(/End sessions begun by QR code/);
    await look(page, 'End sessions begun by QR code');
    await visitor.press('Show what would end');
    await expect(page).toHaveTitle(/^Error: /);
    await look(page, 'End sessions begun by QR code without a time');
    await visitor.type('Time', '00:00');
    await visitor.press('Show what would end');
    await visitor.reads(/What would end/);
    await expect(page.getByText('There is nothing to end')).toBeVisible();
    await look(page, 'No session that was begun by QR code');
  });

  await test.step('the dashboard has a table below every plot', async () => {
    await parts.getByRole('link', { name: 'Dashboard' }).click();
    await visitor.reads(/Dashboard/);
    await expect(page.getByRole('img', { name: 'Sign-ins by day' })).toBeVisible();
    await look(page, 'Dashboard');
    for (const table of await page.locator('details').all()) await table.locator('summary').click();
    await expect(page.getByRole('table', { name: 'Sign-ins by day' })).toBeVisible();
    await look(page, 'Dashboard with its tables');
    await page.getByRole('link', { name: '7 days' }).click();
    await expect(page.getByText('The last 7 days')).toBeVisible();
  });
});
