// Guide 000: sharing what somebody holds with another trust, and what becomes of a phone that is lost.
import { issue, skill } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { accepts, asksToShare, walletCode } from '../support/passport.ts';
import { bryn, nia, rosterOf } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';
import { Wallet } from '../support/wallet.ts';

const TRUST = 'Southmere Community Trust';

// With two trusts in a house, those who join have to say whose staff they are.
test.use({ apart: 'two trusts' });

test('what is held is shared with another trust, which reviews it; what was lost or revoked is refused', async ({ page, browser, house }) => {
  test.slow();
  const visitor = new Visitor(page, house, nia, { look: async () => {} });
  const [phone, nextPhone] = [await Wallet.install(), await Wallet.install()];
  const main = page.getByRole('main');
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await issue(house, nia, [skill('Fire safety'), skill('Conflict resolution'), skill('Health, safety and welfare')]);

  await test.step('nothing to share, and nobody to share with', async () => {
    await page.goto(`${house.url}/passport/share`);
    await expect(main).toContainText('You have no credentials in your wallet yet.');
    await look(page, 'Nothing to share');
    await accepts(page, house, visitor, phone, 'Fire safety');
    await page.goto(`${house.url}/passport/share`);
    await expect(main).toContainText('No other organisation uses this service.');
    await look(page, 'Nobody to share with');
    await house.fobwatch('organisation', 'add', '--code', 'STH', '--name', TRUST);
    await accepts(page, house, visitor, phone, 'Conflict resolution');
  });

  await test.step('only what is held can be chosen, and something has to be', async () => {
    await page.goto(`${house.url}/passport`);
    await visitor.follow('Share credentials with an organisation');
    await visitor.reads(/Share your credentials/);
    await expect(page.getByRole('checkbox')).toHaveCount(2);
    await expect(main).not.toContainText('Health, safety and welfare');
    await look(page, 'Share your credentials');
    await visitor.press('Continue');
    await expect(page.getByRole('alert')).toContainText('There is a problem');
    await look(page, 'Nothing chosen');
  });

  await test.step('the wallet shows what was chosen, and the page moves on by itself', async () => {
    await asksToShare(page, house, visitor, TRUST, ['Fire safety', 'Conflict resolution']);
    await look(page, 'The QR code to share');
    expect((await phone.shows(page)).status).toBe(200);
    await visitor.reads(/Shared with Southmere Community Trust/);
    await expect(main).toContainText('2 credentials have been shared.');
    await look(page, 'Shared');
    await page.goto(`${house.url}/passport`);
    await visitor.follow('History of your passport');
    await expect(main).toContainText(TRUST);
    await look(page, 'History');
  });

  const desk = await (await browser.newContext()).newPage();
  const manager = new Visitor(desk, house, bryn, { look: async () => {}, start: '/join/STH' });
  await test.step('Southmere reads who issued what, accepts one and rejects the other', async () => {
    await house.imports('STH', rosterOf([bryn]));
    await manager.joins('Authenticator app');
    await house.fobwatch('role', 'give', '--organisation', 'STH', '--email', bryn.email, '--role', 'passport-manager');
    await manager.signsIn('Authenticator app');
    await desk.goto(`${house.url}/console/passports`);
    await manager.follow('Review what was shared');
    await look(desk, 'Shared credentials');
    await manager.follow('Nia Caradog');
    await look(desk, 'Shared by somebody');
    await manager.follow('Fire safety');
    await expect(desk.getByRole('main')).toContainText('Issued by');
    await expect(desk.getByRole('main')).toContainText('Northfield Hospitals');
    await look(desk, 'A shared credential');
    await manager.press('Accept');
    await manager.follow('Conflict resolution');
    await manager.press('Reject');
    await expect(desk.getByRole('alert')).toContainText('Choose why you reject this credential');
    await look(desk, 'Rejected without a reason');
    await manager.choose('We have it already');
    const mail = await house.mailbox.next(nia.email, () => manager.press('Reject'));
    expect(mail.text).toContain('has taken 1 of the 2 credentials that you shared');
    await look(desk, 'All is reviewed');
    await page.goto(`${house.url}/passport/history`);
    await expect(main).toContainText('Not accepted by the organisation that you shared it with');
  });

  await test.step('Add to a new phone', async () => {
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^View Fire safety/ }).click();
    await expect(main).toContainText('The copy that you have now is revoked.');
    await look(page, 'A credential that is held');
    const code = await walletCode(house, nia, () => visitor.press('Add to a new phone'));
    await visitor.reads(/Scan the QR code to add a new copy of your credential/);
    await look(page, 'The QR code for a new phone');
    await nextPhone.adds(page, code);
    await visitor.reads(/Your staff passport/);
    await expect(page.getByRole('alert')).toContainText('Fire safety has been successfully added to your wallet');
  });

  await test.step('the copy on the old phone is refused, the one on the new phone is not', async () => {
    await asksToShare(page, house, visitor, TRUST, ['Fire safety']);
    expect((await phone.shows(page)).status).toBe(400);
    await visitor.reads(/Your wallet did not show what we asked for/);
    await look(page, 'Refused');
    await visitor.press('Get a new QR code');
    await visitor.reads(/Scan the QR code to share your credentials/);
    expect((await nextPhone.shows(page)).status).toBe(200);
    await visitor.reads(/Shared with Southmere Community Trust/);
  });

  await test.step('revoked while the QR code is shown: refused', async () => {
    await asksToShare(page, house, visitor, TRUST, ['Fire safety']);
    const listed = (await house.fobwatch('passport', 'list', '--organisation', 'NTH', '--person', nia.email)) as { stdout: string };
    const line = listed.stdout.split('\n').find((each) => each.includes('Fire safety')) ?? '';
    const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line) ?? [];
    await house.fobwatch('passport', 'revoke', '--organisation', 'NTH', id ?? '', '--reason', 'provided-in-error');
    expect((await nextPhone.shows(page)).status).toBe(400);
    await visitor.reads(/Your wallet did not show what we asked for/);
    await page.goto(`${house.url}/passport`);
    await expect(page.getByRole('heading', { name: 'Revoked', exact: true })).toBeVisible();
    await look(page, 'Revoked');
    await desk.goto(`${house.url}/console/passports/shares?reviewed=yes`);
    await desk.getByRole('link', { name: 'Nia Caradog' }).first().click();
    await expect(desk.getByRole('main')).toContainText('Revoked by its issuer');
    await look(desk, 'Southmere sees it revoked');
  });
  await desk.context().close();
  await Promise.all([phone.remove(), nextPhone.remove()]);
});
