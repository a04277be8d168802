// The trust's side of guide 000: a credential is put out of the way and taken out again, and all of it is told in numbers.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { issue, skill } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look, picture } from '../support/look.ts';
import { accepts } from '../support/passport.ts';
import { ffraid, macsen } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

const blind = { look: async () => {} };

// The numbers are those of everybody in the house.
test.use({ apart: 'archive and reports' });

test('an officer archives a credential, its owner restores it, and the reports count it', async ({ page, browser, house }) => {
  test.slow();
  const nurse = new Visitor(page, house, ffraid, blind);
  const desk = await (await browser.newContext()).newPage();
  const officer = new Visitor(desk, house, macsen, blind);
  const main = desk.getByRole('main');
  await nurse.joins('Text message');
  await officer.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', macsen.email, '--role', 'passport-officer');
  await issue(house, ffraid, [skill('Fire safety'), skill('Conflict resolution')]);
  await nurse.signsIn('Text message');
  await officer.signsIn('Authenticator app');
  await accepts(page, house, nurse, await Wallet.install(), 'Fire safety');

  await test.step('the officer archives what the nurse holds, and the nurse is told', async () => {
    await desk.goto(`${house.url}/console/passports`);
    await officer.type('Name, email address or staff number', 'ffraid');
    await officer.press('Find');
    await officer.follow('Ffraid Cadwaladr');
    await officer.follow('Fire safety');
    await look(desk, 'A credential to archive');
    const mail = await house.mailbox.next(ffraid.email, () => officer.press('Archive'));
    expect(mail.subject).toBe('A credential of yours was archived');
    expect(mail.text).toContain('You can restore it at any time');
    await expect(main).toContainText('Archived by Macsen Treharne on');
    await look(desk, 'An archived credential');
    await officer.follow('Back');
    await expect(desk.getByRole('heading', { name: 'Archived', exact: true })).toBeVisible();
    await expect(main).toContainText('0 of 1 in the person’s wallet.');
    await look(desk, 'A passport with an archive');
  });

  await test.step('the nurse reads who did that, and restores it', async () => {
    await page.goto(`${house.url}/passport`);
    await expect(page.getByRole('heading', { name: 'Archived', exact: true })).toBeVisible();
    await page.getByRole('link', { name: /^View ?Fire safety/ }).click();
    await expect(page.getByRole('main')).toContainText('Macsen Treharne put this credential away for Northfield Hospitals on');
    await look(page, 'What the trust has archived');
    await nurse.press('Restore');
    await nurse.reads(/Your staff passport/);
    await nurse.follow('History of your passport');
    await expect(page.getByRole('main')).toContainText('Archived by the organisation that issued it: Fire safety');
    await look(page, 'History');
  });

  await test.step('the reports', async () => {
    await house.fobwatch('passport', 'count', '--organisation', 'NTH');
    await desk.goto(`${house.url}/console/passports`);
    await officer.follow('Reports');
    await officer.reads(/Reports/);
    await expect(main).toContainText('As of');
    const credentials = desk.getByRole('table', { name: 'Credentials by type' });
    await expect(credentials.getByRole('row', { name: /^Fire safety 0 1 0/ })).toBeVisible();
    await expect(credentials.getByRole('row', { name: /^Conflict resolution 1 0 0/ })).toBeVisible();
    await expect(desk.getByRole('table', { name: 'Passports by job role' }).getByRole('row', { name: /^No job role 1/ })).toBeVisible();
    await look(desk, 'Reports');
    await fitsOnPaper(desk, 'Reports on paper');
  });

  await test.step('a report as a file', async () => {
    const downloading = desk.waitForEvent('download');
    await desk.getByRole('link', { name: 'Download “Credentials by type” as a file (CSV)' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toMatch(/^staff-passports-\d{4}-\d{2}-\d{2}-credentials\.csv$/);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toContain('Fire safety,0,1,0,0,0,0,0');
  });

  await test.step('another area has none of these', async () => {
    await desk.getByLabel('Credentials of').selectOption('Employment checks');
    await officer.press('Show');
    await expect(main).toContainText('None of these was provided.');
    await look(desk, 'Reports of an area');
  });
  await desk.context().close();
});

/** A sheet of A4 within its margins; nothing on it can be scrolled. */
async function fitsOnPaper(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 718, height: 1047 });
  await page.emulateMedia({ media: 'print' });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  await picture(page, name);
  await page.emulateMedia({ media: 'screen' });
  if (before) await page.setViewportSize(before);
}
