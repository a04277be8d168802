// The trust's side of guide 000: somebody's identity is provided with their photo, and they see it.
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { betsan, elystan } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

const blind = { look: async () => {} };

test('an identity is provided with a photo, which need not be chosen twice', async ({ page, browser, house }) => {
  const nurse = new Visitor(page, house, betsan, blind);
  const desk = await (await browser.newContext()).newPage();
  const manager = new Visitor(desk, house, elystan, blind);
  const main = desk.getByRole('main');
  for (const each of [nurse, manager]) await each.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', elystan.email, '--role', 'passport-manager');
  await nurse.signsIn('Authenticator app');
  await manager.signsIn('Authenticator app');

  await desk.goto(`${house.url}/console/passports`);
  await manager.type('Name, email address or staff number', betsan.email);
  await manager.press('Find');
  await manager.follow('Betsan Howell');
  await manager.press('Provide a credential');
  await desk.getByRole('link', { name: 'Identity', exact: true }).first().click();
  await expect(desk.getByText('Of their face, as a JPEG or PNG file')).toBeVisible();

  await test.step('what is no photo is refused, with all else that is missing', async () => {
    await desk.getByLabel('Photo (optional)').setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('%PDF-1.7') });
    await manager.press('Provide');
    await expect(desk.getByRole('alert')).toContainText('“Photo” must be a photo: choose a JPEG or PNG file');
    await expect(desk.getByRole('alert')).toContainText('Date of birth');
    await look(desk, 'No photo');
  });

  await test.step('a photo is kept while the rest is put right', async () => {
    await desk.getByLabel('Photo (optional)').setInputFiles(resolve('../crates/authenticator/app/icons/icon-192.png'));
    await manager.press('Provide');
    await expect(desk.getByRole('alert')).not.toContainText('Photo');
    await expect(desk.getByText('You have chosen a photo. Choose another one only to replace it.')).toBeVisible();
    await look(desk, 'A photo is kept');
  });

  await test.step('it is provided, and both see it', async () => {
    const born = desk.getByRole('group', { name: 'Date of birth' });
    for (const [field, text] of [
      ['Day', '27'],
      ['Month', '3'],
      ['Year', '1987'],
    ] as const)
      await born.getByLabel(field).fill(text);
    for (const [field, text] of [
      ['Origin', 'Passport'],
      ['Assurance outcome', 'Passed'],
      ['Verification method', 'In person'],
    ] as const)
      await manager.type(field, text);
    await manager.choose('Sourced');
    await house.mailbox.next(betsan.email, () => manager.press('Provide'));
    await expect(main).toContainText('Waits for the person’s review');
    await seesAPhoto(desk);
    await look(desk, 'An identity with a photo');
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^Review and add ?: Identity/ }).click();
    await seesAPhoto(page);
    await look(page, 'My identity with a photo');
  });
  await desk.context().close();
});

/** It has arrived, and is one. */
async function seesAPhoto(page: Page): Promise<void> {
  const photo = page.getByRole('img', { name: 'The photo in this credential' });
  await expect(photo).toBeVisible();
  await expect.poll(() => photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(192);
}
