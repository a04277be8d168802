// The other way to sign in with the smartcard: Chromium itself shows the card's certificate, by PKCS#11 and mutual TLS, to a host of its
// own, whose authority was made by the ceremony of the handbook.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { strangeFile } from '../support/authority.ts';
import { ends, withCertificates } from '../support/card-browsers.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { idwal, mair } from '../support/people.ts';
import { RegistrationAuthority } from '../support/registration-authority.ts';
import { answeredIn } from '../support/timing.ts';
import { Visitor } from '../support/visitor.ts';
import { Workstation } from '../support/workstation.ts';

test.use({ certificates: true });

const PASSCODE = '482913';
const run = promisify(execFile);
const inPassing = { look: () => Promise.resolve() };

/** From the service's first page to the host for certificates, and back. */
async function showsTheCertificate(visitor: Visitor): Promise<void> {
  await visitor.page.goto(`${visitor.house.url}/sign-in`);
  await visitor.follow('Sign in with my smartcard');
  await visitor.reads(/Sign in with your smartcard/);
  await visitor.press('Use the certificate');
}

test('sign in by the certificate of the smartcard on the host for certificates', async ({ house, browser }) => {
  test.slow();
  const ward = await Workstation.open(house);
  const { certificateHost: host } = house;
  const agent = await RegistrationAuthority.opens(browser, house, idwal, 'ra-agent');
  const elsewhere = await browser.newContext();
  const owner = new Visitor(await elsewhere.newPage(), house, mair, inPassing);
  await owner.joins('Authenticator app');
  await agent.registers(ward.card, 'NTH 000772');
  await agent.issues(ward, mair, 'NTH 000772', PASSCODE);
  house.secrets.push(PASSCODE);

  const desk = await withCertificates(ward, host, { card: PASSCODE }, 'desk');
  const nurse = new Visitor(await desk.newPage(), house, mair, inPassing);

  await test.step('the card is accepted there, and Continue signs in here', async () => {
    await nurse.page.goto(`${house.url}/sign-in`);
    await nurse.follow('Sign in with my smartcard');
    await look(nurse.page, 'Without the extension, with a host for certificates');
    await nurse.press('Use the certificate');
    await nurse.reads(/Your smartcard is accepted/);
    await look(nurse.page, 'Your smartcard is accepted');
    await nurse.press('Continue');
    await nurse.reads(/^Good .*Mair/);
    await look(nurse.page, 'Signed in by the certificate');
    await nurse.press('Sign out');
  });

  await test.step('a code is good once, and in the browser that was sent for it', async () => {
    await showsTheCertificate(nurse);
    await nurse.reads(/Your smartcard is accepted/);
    const back = nurse.page.url();
    const thief = await elsewhere.newPage();
    await thief.goto(`${house.url}/sign-in/card`);
    await thief.goto(back);
    await thief.getByRole('button', { name: 'Continue' }).click();
    await expect(thief.getByRole('main')).toContainText('You took too long');
    await thief.close();
    await nurse.press('Continue');
    await nurse.reads(/^Good .*Mair/);
    await nurse.press('Sign out');
    await nurse.page.goto(back);
    await nurse.press('Continue');
    await expect(nurse.page.getByRole('main')).toContainText('You took too long');
    await look(nurse.page, 'A code for the second time');
    await ends(desk);
  });

  await test.step('without a certificate, and with one of a strange authority, there is a page of ours with ways on', async () => {
    const bare = await withCertificates(ward, host, {}, 'bare');
    const visitor = new Visitor(await bare.newPage(), house, mair, inPassing);
    await showsTheCertificate(visitor);
    await visitor.reads(/Sign in with your smartcard/);
    await expect(visitor.page.getByRole('main')).toContainText('Your browser showed no certificate');
    await look(visitor.page, 'No certificate was chosen');
    await ends(bare);

    const file = await strangeFile(ward.folder, await house.authorityName());
    const strange = await withCertificates(ward, host, { file }, 'strange');
    const stranger = new Visitor(await strange.newPage(), house, mair, inPassing);
    await showsTheCertificate(stranger);
    await expect(stranger.page.getByRole('main')).toContainText('not made for this service');
    await look(stranger.page, 'A certificate of a strange authority');
    await ends(strange);
  });

  await test.step('the host resumes no session of TLS', async () => {
    const { port } = new URL(host.url);
    const words = ['s_client', '-tls1_2', '-reconnect', '-connect', `127.0.0.1:${port}`];
    const client = run('openssl', words);
    client.child.stdin?.end();
    const { stdout } = await client;
    expect(stdout).toContain('New, TLSv1.2');
    expect(stdout).not.toContain('Reused');
  });

  await test.step('a revoked card is refused in less than a second: at the host, with a code in hand, and in a living session', async () => {
    const living = await withCertificates(ward, host, { card: PASSCODE }, 'living');
    const signedIn = new Visitor(await living.newPage(), house, mair, inPassing);
    await showsTheCertificate(signedIn);
    await signedIn.press('Continue');
    await signedIn.reads(/^Good .*Mair/);
    const another = await withCertificates(ward, host, { card: PASSCODE }, 'another');
    const codeInHand = new Visitor(await another.newPage(), house, mair, inPassing);
    await showsTheCertificate(codeInHand);
    await codeInHand.reads(/Your smartcard is accepted/);
    const comesAgain = new Visitor(await another.newPage(), house, mair, inPassing);
    await comesAgain.page.goto(`${house.url}/sign-in/card`);

    await owner.signsIn('Authenticator app');
    await owner.page.goto(`${house.url}/smartcard/revoke`);
    await owner.choose('It is lost');
    await owner.page.getByLabel('I know that the card can never be used again').check();
    await Promise.all([
      owner.page.waitForResponse((answer) => answer.request().method() === 'POST'),
      owner.press('Revoke certificates'),
    ]);
    // From the answer on: whoever asks now is refused, in so many milliseconds.
    const took: Record<string, number> = {};
    const refuses = async (what: string, { page }: Visitor, at: string, act: () => Promise<unknown>) => {
      const refused = page.waitForResponse((answer) => answer.url().startsWith(at));
      await Promise.all([refused, act()]);
      took[what] = answeredIn(await refused);
    };
    const isTold = ({ page }: Visitor) => expect(page.getByRole('main')).toContainText('certificates were revoked');
    await refuses('the living session', signedIn, `${house.url}/home`, () => signedIn.page.goto(`${house.url}/home`));
    await signedIn.reads(/You have been signed out/);
    await refuses('the code in hand', codeInHand, `${house.url}/sign-in/card/certificate`, () => codeInHand.press('Continue'));
    await isTold(codeInHand);
    await refuses('the open connection', comesAgain, host.url, () => comesAgain.press('Use the certificate'));
    await isTold(comesAgain);
    await look(comesAgain.page, 'A revoked certificate');
    test.info().annotations.push({ type: 'revocation', description: JSON.stringify(took) });
    for (const [what, milliseconds] of Object.entries(took)) expect(milliseconds, what).toBeLessThan(1000);
    for (const each of [living, another]) await ends(each);
  });

  for (const context of [agent.page.context(), elsewhere]) await context.close();
  await ward.close();
});
