// Guide 001, step 4 of "how to renew": "Creating Card" and "Writing Certificates" appear one after another, until somebody pulls the card
// out half-way. The old certificates work, the page says what to do, and the renewal goes on where it stopped.
import { execFileSync } from 'node:child_process';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { mali, oskar } from '../support/people.ts';
import { ages, quickly, RegistrationAuthority } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

const PASSCODE = '482913';

test('a card that is pulled out half-way is put back, and its renewal goes on to its end', async ({ page, house, browser }) => {
  test.slow();
  const ward = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, oskar, 'ra-agent');
  const owner = new Visitor(page, house, mali, quickly);
  await owner.joins('Authenticator app');
  await agent.registers(ward.card, 'NTH 000801');
  await agent.issues(ward, mali, 'NTH 000801', PASSCODE);
  await agent.page.context().close();
  await owner.signsIn('Authenticator app');
  const working = () =>
    execFileSync('python3', ['-c', WORKING, house.database, ward.guid]).toString().trim().split('\n');
  const before = working();
  expect(before, 'two certificates count').toHaveLength(2);

  await test.step('the renewal begins', async () => {
    ages(house, ward.card, { certificates: 25 });
    await page.goto(`${house.url}/home`);
    await owner.reads(/needs your attention/);
    await owner.press('Yes');
    await owner.reads(/Renew Certificates/);
    await owner.type('Smartcard Passcode', PASSCODE);
    await owner.press('OK');
    await owner.reads(/Update My Card/);
  });

  await test.step('the card is pulled out while it works', async () => {
    await ward.putsIn(ward.card, 0, { leaves: 24, pace: 50 });
    await ward.declines('Put the smartcard of');
    await ward.opensTheCardProgram(page);
    await expect(page.getByRole('button', { name: 'Go on' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('No smartcard was found in a reader. Put it in, then go on.');
    expect(await ward.windows()).toContain('Put the smartcard of Mali Gwynne into the reader');
    await look(page, 'Pulled out half-way');
    expect(working(), 'the old certificates still count').toEqual(before);
  });

  await test.step('whoever comes back later is led to it', async () => {
    await page.goto(`${house.url}/home`);
    await owner.reads(/needs your attention/);
    await owner.press('Later');
    await owner.follow('Launch Self Service Portal');
    await expect(page.getByRole('main')).toContainText('An update of your smartcard is not finished');
    await look(page, 'An update is not finished');
    await owner.press('Go on with the update');
    await owner.reads(/Update My Card/);
  });

  await test.step('put back, it goes on where it stopped', async () => {
    await ward.putsIn(ward.card);
    await ward.declines();
    await owner.press('Go on');
    await ward.opensTheCardProgram(page);
    await owner.press('Continue');
    await expect(page.getByRole('main')).toContainText('Your certificates have been renewed');
    const after = working();
    expect(after).toHaveLength(2);
    expect(after.filter((serial) => before.includes(serial)), 'only the new ones count').toEqual([]);
  });
  await ward.close();
});

// Database, GUID: the serial numbers of the certificates that count.
const WORKING = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=20) as db:
    rows = db.execute("""SELECT hex(serial) FROM smartcard_certificate WHERE revoked_at IS NULL AND proved_at IS NOT NULL
        AND smartcard_id = (SELECT id FROM smartcard WHERE guid = ?) ORDER BY 1""", (bytes.fromhex(sys.argv[2]),))
    print('\\n'.join(row[0] for row in rows))
`;
