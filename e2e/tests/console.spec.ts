// The service desk helps a nurse who has lost her phone.
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { nadia, rosalind } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

test('the service desk makes sure who is calling and removes a lost phone', async ({ page, house, browser }) => {
  test.slow();
  const context = await browser.newContext();
  const nurse = new Visitor(await context.newPage(), house, nadia);
  await nurse.joins('Text message');

  const desk = new Visitor(page, house, rosalind);
  await desk.joins('Authenticator app');
  await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', rosalind.email, '--role', 'service-desk');
  await desk.signsIn('Authenticator app');

  await test.step('find the person', async () => {
    await desk.follow('Console');
    await desk.reads(/Find a person/);
    await look(page, 'Find a person');
    await desk.type('Name, email address or staff number', 'n');
    await desk.press('Find');
    await expect(page.getByRole('alert')).toContainText('Enter at least 2 letters or numbers');
    await desk.type('Name, email address or staff number', 'nadia r');
    await desk.press('Find');
    await look(page, 'People found');
    await desk.follow('Nadia Rahman');
    await desk.reads(/Nadia Rahman/);
    await look(page, 'A person');
    const digits = nadia.mobile.replaceAll(/\D/g, '').slice(-6);
    expect(await page.content(), 'no number is shown').not.toContain(digits);
  });

  await test.step('nothing is taken away before it is sure who is calling', async () => {
    // In a tab of its own: the browser notes the refusal's status in the console, where the test's page may have nothing.
    const [refused] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: /^Remove Text message/ }).click({ modifiers: ['ControlOrMeta'] }),
    ]);
    await expect(refused.getByRole('heading', { level: 1 })).toHaveText(/Make sure who is calling first/);
    await look(refused, 'Make sure first');
    await refused.close();
  });

  await test.step('the caller reads a code out', async () => {
    await desk.follow('Make sure who is calling');
    await look(page, 'Make sure who is calling');
    await desk.choose('Text message');
    const code = await nurse.codeByText(() => desk.press('Send a code'));
    await desk.reads(/Enter the code that the caller reads out/);
    await look(page, 'The code that the caller reads out');
    await desk.type('Verification code', code);
    await desk.press('Verify Code');
    await expect(page.getByRole('main')).toContainText('You are sure who this is. You can act for 10 minutes.');
    await look(page, 'Sure who is calling');
  });

  await test.step('the lost phone is removed, with a reason', async () => {
    await page.getByRole('link', { name: /^Remove Text message/ }).click();
    await desk.reads(/Remove a sign-in method/);
    await desk.press('Remove');
    await expect(page.getByRole('alert')).toContainText('Enter the reason');
    await look(page, 'Reason missing');
    await desk.type('Reason', 'The phone was left on the bus this morning.');
    await desk.press('Remove');
    await expect(page.getByRole('main')).toContainText('The sign-in method is removed.');
    await look(page, 'Method removed');
  });

  await test.step('the nurse signs in by the address of her account, and sees what was done', async () => {
    await nurse.page.goto(`${house.url}/sign-in`);
    await nurse.signsIn('Email');
    await nurse.follow('Recent activity');
    await expect(nurse.page.getByRole('main')).toContainText('Sign-in method removed');
    await expect(nurse.page.getByRole('main')).toContainText('Service desk checked who was calling');
  });
  await context.close();
});
