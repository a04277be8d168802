// Guide 001 begins with it: sign in with the smartcard. Chromium with our extension, the real card program that it starts, and a card
// that the Registration Authority issued, behind the real PC/SC service.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContext, Page } from '@playwright/test';
import { strangeAuthority } from '../support/authority.ts';
import { ends, withExtension } from '../support/card-browsers.ts';
import { expect, test, type House } from '../support/house.ts';
import { look, watch } from '../support/look.ts';
import { type Person, nerys, teilo } from '../support/people.ts';
import { RegistrationAuthority } from '../support/registration-authority.ts';
import { answeredIn } from '../support/timing.ts';
import { Visitor } from '../support/visitor.ts';
import { CANCEL, Workstation } from '../support/workstation.ts';

test.use({ smartcards: true });

const PASSCODE = '482913';
const WRONG = '111111';
const run = promisify(execFile);
const inPassing = { look: () => Promise.resolve() };

/** A visitor with a page of their own in a browser of the ward. */
const at = async (browser: BrowserContext, house: House, person: Person) =>
  new Visitor(await browser.newPage(), house, person, inPassing);

/** From the service's first page to the window for the passcode. */
async function asksForTheCard(visitor: Visitor): Promise<void> {
  await visitor.page.goto(`${visitor.house.url}/sign-in`);
  await visitor.follow('Sign in with my smartcard');
  await visitor.reads(/Sign in with your smartcard/);
  await visitor.press('Sign in with my smartcard');
}

const isTold = (page: Page, words: string) => expect(page.getByRole('alert').getByText(words)).toBeVisible();

test('sign in with the smartcard through the extension and the card program', async ({ house, browser }) => {
  test.slow();
  const ward = await Workstation.open(house);
  const agent = await RegistrationAuthority.opens(browser, house, teilo, 'ra-agent');
  const elsewhere = await browser.newContext();
  const owner = new Visitor(await elsewhere.newPage(), house, nerys, inPassing);
  await owner.joins('Authenticator app');
  await agent.registers(ward.card, 'NTH 000771');
  await agent.issues(ward, nerys, 'NTH 000771', PASSCODE);
  house.secrets.push(PASSCODE);

  const desk = await withExtension(ward);
  const nurse = await at(desk, house, nerys);
  const complaints = watch(nurse.page, house.url);

  await test.step('the window names the page, and the person is signed in as themselves', async () => {
    await nurse.page.goto(`${house.url}/sign-in`);
    await nurse.follow('Sign in with my smartcard');
    await nurse.reads(/Sign in with your smartcard/);
    await look(nurse.page, 'Sign in with your smartcard');
    const looking = await ward.waits();
    await ward.types(PASSCODE);
    await nurse.press('Sign in with my smartcard');
    await expect(nurse.page.getByText('Look for the window that asks for your passcode')).toBeVisible();
    await look(nurse.page, 'The window is open');
    await looking.released();
    await nurse.reads(/^Good .*Nerys/);
    expect(await ward.windows()).toContain(`Sign in with your smartcard to\n${house.url}\n`);
    await look(nurse.page, 'Signed in with the smartcard');
    await nurse.follow('Recent activity');
    await look(nurse.page, 'Recent activity after a sign-in with the smartcard');
    await nurse.press('Sign out');
  });

  await test.step('a wrong passcode, and the window closed: the page says how many tries are left', async () => {
    await ward.types(CANCEL);
    await asksForTheCard(nurse);
    await isTold(nurse.page, 'You closed the window for the passcode');
    await look(nurse.page, 'The window was closed');
    await ward.types(WRONG, CANCEL);
    await nurse.press('Sign in with my smartcard');
    await isTold(nurse.page, 'locks after 2 more wrong passcodes');
    expect(await ward.windows()).toContain('There are 2 tries left before the smartcard locks');
    await look(nurse.page, 'Two tries left');
    await ward.types(WRONG, CANCEL);
    await nurse.press('Sign in with my smartcard');
    await isTold(nurse.page, 'Only one try is left');
    await look(nurse.page, 'One try left');
    await ward.types(PASSCODE);
    await nurse.press('Sign in with my smartcard');
    await nurse.reads(/^Good .*Nerys/);
    await nurse.press('Sign out');
  });

  await test.step('no card in the reader, and one that is pulled out while the passcode is typed', async () => {
    const looking = await ward.waits();
    await ward.types(PASSCODE);
    await asksForTheCard(nurse);
    await expect.poll(() => ward.windows()).toContain('GETPIN');
    await ward.takesOut();
    await looking.released();
    await isTold(nurse.page, 'The smartcard did not answer');
    await look(nurse.page, 'Pulled out');
    await nurse.press('Sign in with my smartcard');
    await isTold(nurse.page, 'There is no smartcard in the reader');
    await look(nurse.page, 'No card');
  });

  await test.step('a card of another authority, even of one with the same name, is unknown here', async () => {
    const names = ['/CN=Elsewhere Hospitals', await house.authorityName()];
    for (const [number, name] of names.entries()) {
      await ward.putsInACopy(`strange-${String(number)}`, (der) => certifiedAgain(der, name, ward.folder));
      await asksForTheCard(nurse);
      await expect(nurse.page.getByRole('main')).toContainText('not made for this service');
      if (number === 0) await look(nurse.page, 'A card of elsewhere');
      await ward.takesOut();
    }
    await ward.putsIn(ward.card);
  });

  await test.step('two tabs at once: each question is its own', async () => {
    const second = await at(desk, house, nerys);
    const looking = await ward.waits();
    await ward.types(PASSCODE);
    await asksForTheCard(nurse);
    await expect.poll(() => ward.windows()).toContain('GETPIN');
    await asksForTheCard(second);
    await isTold(second.page, 'The smartcard is in use');
    await look(second.page, 'The smartcard is in use');
    await looking.released();
    await nurse.reads(/^Good .*Nerys/);
    await second.page.reload();
    await second.reads(/^Good .*Nerys/);
    await second.press('Sign out');
    await second.page.close();
  });

  await test.step('without the extension the page says what to do', async () => {
    const plain = await elsewhere.newPage();
    await plain.goto(`${house.url}/sign-in/card`);
    await expect(plain.getByRole('main')).toContainText('This browser cannot reach a smartcard yet');
    await look(plain, 'Without the extension');
    const bare = await withExtension(ward, { agent: false, name: 'without-agent' });
    const visitor = await at(bare, house, nerys);
    await asksForTheCard(visitor);
    await isTold(visitor.page, 'The smartcard program is missing on this computer');
    await look(visitor.page, 'Without the card program');
    await ends(bare);
  });

  await test.step('a revoked card is refused in less than a second, and who came in with it is out', async () => {
    await ward.types(PASSCODE);
    await asksForTheCard(nurse);
    await nurse.reads(/^Good .*Nerys/);
    const late = await at(await withExtension(ward, { name: 'another' }), house, nerys);
    const looking = await ward.waits();
    await asksForTheCard(late);
    await expect.poll(() => ward.windows()).toContain('GETPIN');

    await agent.findsCard(nerys, 'NTH 000771');
    await agent.follow('Revoke the certificates');
    await agent.choose('Another cause');
    await agent.type('Reason', 'The card was left in a bus');
    await Promise.all([
      agent.page.waitForResponse((answer) => answer.request().method() === 'POST'),
      agent.press('Revoke'),
    ]);
    // From the answer on: whoever asks now is refused, in so many milliseconds.
    const home = await nurse.page.goto(`${house.url}/home`);
    if (!home) throw new Error('the page did not change');
    expect(home.status()).toBe(401);
    await look(nurse.page, 'The session of a revoked card');

    const answer = late.page.waitForResponse(`${house.url}/sign-in/card`);
    await looking.released();
    const [ended, refused] = [answeredIn(home), answeredIn(await answer)];
    await expect(late.page.getByRole('main')).toContainText('certificates were revoked');
    await look(late.page, 'A revoked card');
    test.info().annotations.push({ type: 'revocation', description: `session ended after ${ended} ms, card refused after ${refused} ms` });
    expect(ended).toBeLessThan(1000);
    expect(refused).toBeLessThan(1000);
    await late.page.context().close();
  });

  complaints();
  await ends(desk);
  for (const context of [agent.page.context(), elsewhere]) await context.close();
  await ward.close();
});

/** The same key and the same owner, certified by an authority that is not the house's. */
async function certifiedAgain(der: Buffer, authority: string, folder: string): Promise<Buffer> {
  const strange = await strangeAuthority(folder, authority);
  const [old, key, request, issued] = ['old.der', 'old.pub', 'strange.csr', 'new.der'].map((name) => join(folder, name)) as [string, string, string, string];
  await writeFile(old, der);
  const { stdout: publicKey } = await run('openssl', ['x509', '-inform', 'DER', '-in', old, '-pubkey', '-noout']);
  await writeFile(key, publicKey);
  await run('openssl', [
    'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'nobody.key'),
    '-subj', '/CN=Nerys Beynon', '-out', request,
  ]);
  await run('openssl', [
    'x509', '-req', '-in', request, '-force_pubkey', key, '-days', '30',
    '-CA', strange.certificate, '-CAkey', strange.key, '-outform', 'DER', '-out', issued,
  ]);
  return readFile(issued);
}
