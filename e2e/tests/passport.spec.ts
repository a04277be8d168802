// Guide 000 from start to end, with a wallet on a phone that others wrote.
import { issue, skill } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { accepts, asksToShare, collectsAccessKey, signsInByQrCode } from '../support/passport.ts';
import { gwenllian, hedd } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

const TRUST = 'Southmere Community Trust';

// The guide ends with a second trust in the house: nobody else is to be asked whose staff they are.
test.use({ apart: 'the guide to its end' });
test.describe.configure({ mode: 'default' });

test('a revoked access key signs nobody in, and ends the session that it began', async ({ page, browser, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, hedd, { look: async () => {} });
  const wallet = await Wallet.install();
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await collectsAccessKey(page, house, visitor, wallet);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signsInByQrCode(page, browser, house, visitor, wallet);

  const listed = (await house.fobwatch('passport', 'list', '--organisation', 'NTH', '--person', hedd.email)) as { stdout: string };
  const [id] = listed.stdout.match(/[0-9a-f]{8}-[0-9a-f-]{27}/) ?? [];
  await house.fobwatch('passport', 'revoke', '--organisation', 'NTH', id ?? '', '--reason', 'lost-phone');
  await page.goto(`${house.url}/passport`);
  await visitor.reads(/You have been signed out/);

  await page.goto(`${house.url}/sign-in`);
  await visitor.press('Sign in with your staff passport');
  await wallet.shows(page);
  await visitor.reads(/Your wallet did not show what we asked for/);
  await look(page, 'A revoked access key');
  await wallet.remove();
});

test('reviewing, accepting and rejecting new credentials', async ({ page, browser, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, gwenllian);
  const wallet = await Wallet.install();
  const banner = page.getByRole('complementary', { name: 'Credentials to review' });

  await test.step('the access key is collected once', async () => {
    const quick = new Visitor(page, house, gwenllian, { look: async () => {} });
    await quick.joins('Text message');
    await quick.signsIn('Text message');
    await collectsAccessKey(page, house, visitor, wallet);
    await page.getByRole('button', { name: 'Sign out' }).click();
  });

  await test.step('a trust issues new credentials: a notification with a link to log in', async () => {
    const subjects = ['Fire safety', 'Conflict resolution', 'Health, safety and welfare', 'Equality, diversity and human rights'];
    const mail = await house.mailbox.next(gwenllian.email, () => issue(house, gwenllian, subjects.map((subject) => skill(subject))));
    expect(mail.text).toContain(`${house.url}/passport`);
    expect(mail.text).not.toContain('openid');
  });

  await test.step('sign in by scanning the QR code', () => signsInByQrCode(page, browser, house, visitor, wallet));

  await test.step('a yellow banner tells the number of credentials available for review', async () => {
    await expect(banner).toContainText('You have 4 credentials available for review.');
    await page.getByRole('link', { name: 'Review and add credentials to your wallet' }).click();
    await visitor.reads(/Your staff passport/);
  });

  for (const [subject, left] of [['Fire safety', 3], ['Conflict resolution', 2]] as const) {
    await test.step(`${subject}: Accept credential and add it to my wallet`, async () => {
      await accepts(page, house, visitor, wallet, subject);
      await expect(banner).toContainText(`${left} credentials`);
    });
  }

  await test.step('Reject this credential: incorrect information', async () => {
    await page.getByRole('link', { name: 'Review the next credential' }).click();
    await visitor.reads(/Health, safety and welfare/);
    await page.getByRole('button', { name: 'Reject this credential' }).click();
    await visitor.choose('Incorrect information');
    await visitor.press('Reject this credential');
    await expect(banner).toContainText('1 credential');
  });

  await test.step('Reject this credential: Other reason asks for more detail', async () => {
    await page.getByRole('link', { name: 'Review the next credential' }).click();
    await page.getByRole('button', { name: 'Reject this credential' }).click();
    await visitor.choose('Other reason');
    await visitor.type('If you chose Other reason, provide more detail', 'I was ill on that day and did not take part');
    await visitor.press('Reject this credential');
    await expect(page.getByRole('main')).toContainText('There is nothing left to review.');
    await expect(banner).toHaveCount(0);
  });

  await test.step('what matters needs a second factor in such a session', async () => {
    await page.goto(`${house.url}/passport/share`);
    await visitor.reads(/Confirm that it is you/);
    await visitor.look('Confirm before sharing');
    await visitor.type('Password', visitor.password);
    // There is one code in half a minute, and she signed in by one at the beginning.
    const code = await visitor.codeByText(async () => {
      await visitor.press('Continue');
      const tooSoon = page.getByRole('alert').filter({ hasText: 'There is a problem' });
      await visitor.reads(/Check your phone/);
      await expect(async () => {
        if (await tooSoon.isVisible()) await visitor.press('Send New Code');
        await expect(tooSoon).toBeHidden({ timeout: 1_000 });
      }).toPass({ timeout: 60_000, intervals: [2_000] });
    });
    await visitor.type('Verification code', code);
    await visitor.press('Verify Code');
    await visitor.reads(/Share your credentials/);
    await expect(page.getByRole('main')).toContainText('No other organisation uses this service.');
  });

  // Those who join from here on would have to say whose staff they are.
  await house.fobwatch('organisation', 'add', '--code', 'STH', '--name', TRUST);
  await test.step('in a new trust: share credentials with an organisation', async () => {
    await page.goto(`${house.url}/passport`);
    await visitor.follow('Share credentials with an organisation');
    await asksToShare(page, house, visitor, TRUST, ['Fire safety', 'Conflict resolution']);
    expect((await wallet.shows(page)).status).toBe(200);
    await visitor.reads(/Shared with Southmere Community Trust/);
    await expect(page.getByRole('main')).toContainText('2 credentials have been shared.');
    await visitor.look('Shared');
  });

  await test.step('revoked by the trust that issued it: she is told, and it can be shared no more', async () => {
    await asksToShare(page, house, visitor, TRUST, ['Fire safety']);
    const listed = (await house.fobwatch('passport', 'list', '--organisation', 'NTH', '--person', gwenllian.email)) as { stdout: string };
    const line = listed.stdout.split('\n').find((each) => each.includes('Fire safety')) ?? '';
    const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line) ?? [];
    const mail = await house.mailbox.next(gwenllian.email, () =>
      house.fobwatch('passport', 'revoke', '--organisation', 'NTH', id ?? '', '--reason', 'training-expired'),
    );
    expect(mail.subject).toBe('A credential in your wallet was revoked');
    expect((await wallet.shows(page)).status).toBe(400);
    await visitor.reads(/Your wallet did not show what we asked for/);
    await visitor.look('Refused');
    await page.goto(`${house.url}/passport`);
    await expect(page.getByRole('heading', { name: 'Revoked', exact: true })).toBeVisible();
    await page.goto(`${house.url}/passport/share`);
    await expect(page.getByRole('checkbox')).toHaveCount(1);
    await visitor.look('What is left to share');
  });
  await wallet.remove();
});
