// A trust has a credential of its own: it is written as a file, and provided, reviewed and held like those of the field.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { accepts } from '../support/passport.ts';
import { ithel, mererid } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

const blind = { look: async () => {} };

const MASK_FIT = `
place = 105
family = "employment-checks"
title.en = "Mask fit test"
about.en = "Which mask fits you, and how that was tested"

[validity]
from = ["tested_on"]
months = 24

[[attribute]]
name = "mask"
label.en = "Mask that fits"
form = "one-of"
terms = ["FFP3", "Hood"]
required = true

[[attribute]]
name = "tested_on"
label.en = "Tested"
form = "past-day"
required = true
`;

test.use({ types: { 'mask-fit': MASK_FIT } });

test('a new credential type is a file: it is provided, accepted and held like any other', async ({ page, browser, house }) => {
  test.slow();
  const nurse = new Visitor(page, house, mererid, blind);
  const desk = await (await browser.newContext()).newPage();
  const manager = new Visitor(desk, house, ithel, blind);
  await nurse.joins('Text message');
  await manager.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', ithel.email, '--role', 'passport-manager');
  await nurse.signsIn('Text message');
  await manager.signsIn('Authenticator app');

  await test.step('the trust provides it by its form', async () => {
    await desk.goto(`${house.url}/console/passports`);
    await manager.type('Name, email address or staff number', 'mererid');
    await manager.press('Find');
    await manager.follow('Mererid Prosser');
    await manager.press('Provide a credential');
    await look(desk, 'A type of its own among the others');
    await manager.follow('Mask fit test');
    await manager.choose('FFP3');
    await desk.locator('#tested_on').fill('5');
    await desk.locator('#tested_on_month').fill('1');
    await desk.locator('#tested_on_year').fill('2026');
    for (const [label, text] of [['Origin', 'Fit test service'], ['Assurance policy', 'HSG53'], ['Assurance outcome', 'Passed'], ['Verification method', 'Qualitative fit test']] as const)
      await manager.type(label, text);
    await manager.choose('Authoritative');
    await look(desk, 'The form of a type of its own');
    await manager.press('Provide');
    await manager.reads(/Mask fit test/);
    await expect(desk.getByRole('main')).toContainText('4 January 2028');
  });

  await test.step('its owner reviews it and adds it to their wallet', async () => {
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^Review and add ?: Mask fit test/ }).click();
    await expect(page.getByRole('main')).toContainText('Mask that fits');
    await expect(page.getByRole('main')).toContainText('FFP3');
    await look(page, 'A credential of a type of its own');
    await accepts(page, house, nurse, await Wallet.install(), 'Mask fit test');
  });

  await test.step('wallets are told what it is', async () => {
    const answer = await page.request.get(`${house.url}/.well-known/openid-credential-issuer/vc/NTH`);
    const told = ((await answer.json()) as { credential_configurations_supported: Record<string, { credential_metadata: { display: object[] } }> })
      .credential_configurations_supported['mask-fit'];
    expect(told?.credential_metadata.display[0]).toMatchObject({ name: 'Mask fit test', description: 'Which mask fits you, and how that was tested' });
  });
});
