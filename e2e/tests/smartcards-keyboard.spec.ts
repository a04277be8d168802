// Guide 001 without a mouse, and in a browser that runs no scripts: set passcodes, renew, revoke. What the card program does happens
// elsewhere, as it does in life.
import { expect, test } from '../support/house.ts';
import { keyboard, mouse } from '../support/hands.ts';
import { picture } from '../support/look.ts';
import { bogdan, joaquim, marcus, saoirse } from '../support/people.ts';
import { ages, quickly, RegistrationAuthority } from '../support/registration-authority.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

const FIRST = '482913';
const SECOND = '591736';
const RECOVERY = 'quiet-Lantern-9';

for (const way of ['by keyboard alone', 'without scripts'] as const) {
  test.describe(way, () => {
    const scripts = way === 'by keyboard alone';
    test.use({ javaScriptEnabled: scripts });
    const [who, agentIs, label] = scripts
      ? ([marcus, saoirse, 'NTH 000701'] as const)
      : ([bogdan, joaquim, 'NTH 000702'] as const);

    test(`passcodes are set, certificates renewed and revoked ${way}`, async ({ page, house, browser }) => {
      test.slow();
      house.secrets.push(RECOVERY);
      const ward = await Workstation.open(house);
      const agent = await RegistrationAuthority.opens(browser, house, agentIs, 'ra-agent');
      const owner = new Visitor(page, house, who, { ...quickly, hands: scripts ? keyboard : mouse });
      await owner.joins('Authenticator app');
      await agent.registers(ward.card, label);
      await agent.issues(ward, who, label, FIRST);
      await agent.page.context().close();
      await owner.signsIn('Authenticator app');

      /** The page of a job follows it by itself: by its script, or by loading itself again. */
      const works = async () => {
        await ward.opensTheCardProgram(page);
        await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
        await owner.press('Continue');
      };

      await test.step('set passcodes', async () => {
        await owner.follow('Launch Self Service Portal');
        await owner.follow('Manage Passcodes');
        await owner.type('New Account Recovery Passcode', RECOVERY);
        await owner.type('Confirm New Account Recovery Passcode', RECOVERY);
        await owner.type('New Smartcard Passcode', SECOND);
        await owner.type('Confirm New Smartcard Passcode', SECOND);
        await owner.type('Current Smartcard Passcode *', FIRST);
        await owner.press('Update');
        await owner.reads(/Update your passcodes/);
        await works();
        await expect(page.getByRole('main')).toContainText('Your passcodes have been updated successfully');
      });

      await test.step('later, and then renew', async () => {
        ages(house, ward.card, { certificates: 25 });
        await page.goto(`${house.url}/home`);
        await owner.reads(/needs your attention/);
        await owner.press('Later');
        await owner.reads(/^Good/);
        ages(house, ward.card, { certificates: 15 });
        await page.goto(`${house.url}/home`);
        await owner.reads(/Renew Certificates/);
        await owner.type('Smartcard Passcode', SECOND);
        await owner.press('OK');
        await owner.reads(/Update My Card/);
        // A card of plastic takes its time: what it does is seen meanwhile.
        await ward.putsIn(ward.card, 0, { pace: 300 });
        const link = (await page.getByRole('button', { name: 'Open the card program' }).getAttribute('href')) ?? '';
        const program = ward.starts(link);
        // Where the page loads itself again it is seen from time to time.
        if (scripts) {
          await expect(page.locator('[aria-current=step]')).toHaveText('Creating card', { timeout: 60_000 });
          await picture(page, 'Creating card');
        }
        await expect(page.locator('[aria-current=step]')).toHaveText('Writing certificates', { timeout: 60_000 });
        await picture(page, 'Writing certificates');
        await program;
        await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
        await owner.press('Continue');
        await expect(page.getByRole('main')).toContainText('Your certificates have been renewed');
      });

      await test.step('revoke', async () => {
        await owner.follow('Revoke Certificates');
        await owner.reads(/Revoke Certificates/);
        await owner.choose('It was stolen');
        await owner.tick('I know that the card can never be used again');
        await owner.press('Revoke certificates');
        await expect(page.getByRole('main')).toContainText('have been revoked');
      });
      await ward.close();
    });
  });
}
