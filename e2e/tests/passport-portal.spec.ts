// Guide 000 in a browser: reviewing and rejecting new credentials, on a large screen and on a small one.
import { issue, skill } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { eirlys, tomos } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

// The longest words that a page has to hold.
const RESUSCITATION = 'Paediatric immediate life support';

test('the guide of reviewing and rejecting new credentials', async ({ page, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, eirlys, { look: async () => {} });
  await visitor.joins('Authenticator app');
  const banner = page.getByRole('complementary', { name: 'Credentials to review' });

  await test.step('if a trust issues you with new credentials, you will receive notification of this', async () => {
    await issue(house, eirlys, [skill('Fire safety'), skill('Resuscitation', RESUSCITATION), skill('Conflict resolution')]);
  });

  await test.step('a yellow banner tells you the number of credentials available for review', async () => {
    await visitor.signsIn('Authenticator app');
    await expect(banner).toContainText('You have 3 credentials available for review.');
    await look(page, 'Home with the banner');
    await page.getByRole('link', { name: 'Review and add credentials to your wallet' }).click();
    await visitor.reads(/Your staff passport/);
  });

  await test.step('a list of all credentials for review: Review and add', async () => {
    await expect(page.getByRole('link', { name: /^Review and add/ })).toHaveCount(4);
    await look(page, 'Credentials to review');
    await page.getByRole('link', { name: /^Review and add ?: Resuscitation/ }).click();
    await visitor.reads(/Resuscitation, Paediatric immediate life support/);
  });

  await test.step('full details of the credential', async () => {
    await expect(page.getByRole('main')).toContainText('5 January 2026');
    await expect(page.getByRole('main')).toContainText('Assurance policy');
    await expect(page.getByRole('button', { name: 'Accept credential and add it to my wallet' })).toBeVisible();
    await look(page, 'A credential');
  });

  await test.step('Reject this credential: a reason, and more detail for Other reason', async () => {
    await page.getByRole('button', { name: 'Reject this credential' }).click();
    await visitor.reads(/Reject this credential/);
    await visitor.press('Reject this credential');
    await expect(page.getByRole('alert')).toContainText('Choose why you reject this credential');
    await look(page, 'No reason');
    await visitor.choose('Other reason');
    await visitor.press('Reject this credential');
    await expect(page.getByRole('alert')).toContainText('Enter more detail');
    await visitor.type('If you chose Other reason, provide more detail', 'I was ill on that day and did not take part');
    await visitor.press('Reject this credential');
    await visitor.reads(/Your staff passport/);
    await expect(page.getByRole('alert')).toContainText('You have rejected Resuscitation');
    await look(page, 'Rejected');
  });

  await test.step('the banner updates, and the next one follows', async () => {
    await expect(banner).toContainText('You have 2 credentials available for review.');
    await page.getByRole('link', { name: 'Review the next credential' }).click();
    await visitor.reads(/Fire safety/);
  });

  await test.step('what else there is', async () => {
    for (const [link, name] of [
      ['Ask for a credential', 'Ask for a credential'],
      ['History of your passport', 'History'],
      ['Choose how you are told', 'Notifications'],
    ] as const) {
      await page.goto(`${house.url}/passport`);
      await visitor.follow(link);
      await look(page, name);
    }
    await page.getByRole('checkbox', { name: 'Text message' }).uncheck();
    await visitor.press('Save');
    await expect(page.getByRole('alert')).toContainText('Your choice has been saved');
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a credential is reviewed and rejected', async ({ page, house }) => {
    const visitor = new Visitor(page, house, tomos, { look: async () => {} });
    await visitor.joins('Authenticator app');
    await issue(house, tomos, [skill('Fire safety')]);
    await visitor.signsIn('Authenticator app');
    await page.getByRole('link', { name: 'Review and add credentials to your wallet' }).click();
    await page.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
    await page.getByRole('button', { name: 'Reject this credential' }).click();
    await visitor.choose('Incorrect information');
    await visitor.press('Reject this credential');
    await expect(page.getByRole('main')).toContainText('There is nothing left to review.');
  });
});
