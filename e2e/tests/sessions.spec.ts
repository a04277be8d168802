// What a person sees and ends of their own sessions, and the warning before one ends.
import type { Page } from '@playwright/test';
import { expect, test, type House } from '../support/house.ts';
import { look } from '../support/look.ts';
import { ines, kwame, ottoline, type Person } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

/** Somebody with an account, signed in. The pages on the way are looked at elsewhere. */
async function signedIn(page: Page, house: House, person: Person): Promise<Visitor> {
  const visitor = new Visitor(page, house, person, { look: async () => {} });
  await visitor.joins('Authenticator app');
  await visitor.signsIn('Authenticator app');
  return visitor;
}

test('recent activity is looked at, reported and followed by a number', async ({ page, house }) => {
  const visitor = await signedIn(page, house, ines);
  await visitor.follow('Recent activity');
  await visitor.reads(/Recent activity/);
  await expect(page.getByRole('main')).toContainText('This session');
  await expect(page.getByRole('main')).toContainText('Chrome, Linux');
  await look(page, 'Recent activity');
  await page.getByRole('link', { name: /^Report this ?: Signed in/ }).click();
  await visitor.reads(/Report this activity/);
  await look(page, 'Report this activity');
  await visitor.press('Report this activity');
  await visitor.reads(/You have reported this activity/);
  await expect(page.locator('.nhsuk-panel')).toContainText(/[0-9A-Z]{4}-[0-9A-Z]{4}/);
  await look(page, 'Reported');
  await visitor.follow('Home');
  await expect(page.getByRole('main')).toContainText('What needs doing');
  await look(page, 'Home with what needs doing');
});

test('a warning comes before the session ends, and can be answered', async ({ page, house }) => {
  await page.clock.install();
  await signedIn(page, house, kwame);
  const warning = page.getByRole('dialog', { name: 'You will be signed out soon' });
  await expect(warning).toBeHidden();
  // Another tab has used the session meanwhile, as the server knows: nobody is alarmed.
  await page.clock.fastForward('28:30');
  await expect(warning).toBeHidden();
  // The service's clock cannot be turned from here, so its answer is given for it.
  await page.route('**/session', (route) => route.fulfill({ contentType: 'text/plain', body: '90' }));
  await page.clock.fastForward('28:30');
  await expect(warning).toBeVisible();
  await expect(warning).toContainText(/Time left: 1:\d\d/);
  await expect(page.getByRole('button', { name: 'Stay signed in' })).toBeFocused();
  await look(page, 'The session ends soon');
  await page.keyboard.press('Enter');
  await expect(warning).toBeHidden();
  // Nothing is done about the second one.
  await page.clock.fastForward('28:30');
  await expect(warning).toBeVisible();
  await page.unroute('**/session');
  await page.context().clearCookies();
  await page.clock.fastForward('01:31');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  await expect(page.getByRole('main')).toContainText('because nothing was done for a while');
});

test('everything is signed out from one place', async ({ page, house, browser }) => {
  const visitor = await signedIn(page, house, ottoline);
  await visitor.follow('Devices and sessions');
  await visitor.reads(/Devices and sessions/);
  await look(page, 'Devices and sessions');
  const elsewhere = await browser.newContext({ storageState: await page.context().storageState() });
  const copy = await elsewhere.newPage();
  await copy.goto(`${house.url}/home`);
  await expect(copy.getByRole('heading', { level: 1 })).toHaveText(/^Good/);
  await visitor.press('Sign out everywhere');
  await visitor.reads(/Sign in/);
  await expect(page.getByRole('main')).toContainText('You have signed out everywhere');
  await look(page, 'Signed out everywhere');
  await copy.reload();
  await expect(copy.getByRole('heading', { level: 1 })).not.toHaveText(/^Good/);
  await elsewhere.close();
});
