// Guide 000 from start to end with our own app: the portal on a computer of the ward, the authenticator with its wallet on a phone.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { issue, skill } from '../support/credentials.ts';
import { expect, test, type House } from '../support/house.ts';
import { look, watch } from '../support/look.ts';
import { firstCode } from '../support/messages.ts';
import { accepts, asksToShare, collectsAccessKey, walletCode } from '../support/passport.ts';
import { briallen, cadell, dyddgu, esyllt, type Person } from '../support/people.ts';
import { PIN, PhoneApp } from '../support/phone-app.ts';
import { asks, shown } from '../support/verifier.ts';
import { Visitor } from '../support/visitor.ts';
import { scanned } from '../support/wallet.ts';

const TRUST = 'Westmarsh Community Trust';

test.use({ apart: 'the wallet of the authenticator' });

const quickly = (page: Page, house: House, person: Person) => new Visitor(page, house, person, { look: async () => {}, start: '/join/NTH' });

/** From the sign-in page to the QR code, whether one trust uses the house or two. */
async function asksForAccessKey(page: Page, house: House, visitor: Visitor): Promise<void> {
  await page.goto(`${house.url}/sign-in`);
  await visitor.press('Sign in with your staff passport');
  await visitor.reads(/Sign in with your staff passport/);
  const northfield = page.getByRole('radio', { name: 'Northfield Hospitals' });
  const link = page.getByRole('button', { name: 'Open the wallet app on this device' });
  await expect(northfield.or(link)).toBeVisible();
  if (await northfield.isVisible()) {
    await northfield.check();
    await visitor.press('Continue');
  }
  await expect(link).toBeVisible();
}

/** *Share*, and *Continue*, which opens a page beside the app. */
async function sharesAndContinues(phone: PhoneApp, heading: string): Promise<Page> {
  await phone.press('Share');
  await phone.reads(heading);
  const opened = phone.context.waitForEvent('page');
  await phone.page.getByRole('link', { name: 'Continue' }).click();
  const beside = await opened;
  await phone.press('Done');
  return beside;
}

/** Signs in by scanning: the phone shows a code, which is typed where the QR code was. */
async function signsInByScanning(page: Page, house: House, visitor: Visitor, phone: PhoneApp): Promise<void> {
  await asksForAccessKey(page, house, visitor);
  await phone.scans(await scanned(page));
  await phone.reads('Show your access key to Northfield Hospitals?');
  await phone.says('Access key');
  const beside = await sharesAndContinues(phone, 'Shown to Northfield Hospitals');
  await expect(beside.getByRole('heading', { level: 1 })).toHaveText('Type this code where you started');
  const code = firstCode(await beside.getByRole('main').innerText(), 'the page on the phone');
  await beside.close();
  await visitor.reads(/Enter the code from your phone/);
  await visitor.type('Verification code', code);
  await visitor.press('Continue');
  await visitor.reads(/^Good (morning|afternoon|evening)/);
}

async function revokes(house: House, person: Person, title: string): Promise<void> {
  const listed = (await house.fobwatch('passport', 'list', '--organisation', 'NTH', '--person', person.email)) as { stdout: string };
  const line = listed.stdout.split('\n').find((each) => each.includes(title)) ?? '';
  const [id] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line) ?? [];
  await house.fobwatch('passport', 'revoke', '--organisation', 'NTH', id ?? '', '--reason', 'provided-in-error');
}

test('reviewing, accepting, rejecting and sharing credentials with the app', async ({ page, house, browser }) => {
  test.slow();
  const visitor = quickly(page, house, briallen);
  const ward = await (await browser.newContext()).newPage();
  const atWard = quickly(ward, house, briallen);
  const phone = await PhoneApp.of(browser);
  const complaints = watch(phone.page, house.url);
  await phone.page.goto(`${house.url}/authenticator`);

  await test.step('the access key is collected, and the app locked by a PIN', async () => {
    await phone.reads('Approve sign-ins with your phone');
    await visitor.joins('Text message');
    await visitor.signsIn('Text message');
    await collectsAccessKey(page, house, visitor, phone);
    await phone.reads('Your accounts');
    await phone.says('1 in your wallet');
  });

  await test.step('a trust issues new credentials; on the ward she signs in by scanning the QR code', async () => {
    await issue(house, briallen, ['Fire safety', 'Conflict resolution', 'Health, safety and welfare'].map((subject) => skill(subject)));
    await signsInByScanning(ward, house, atWard, phone);
    await expect(ward.getByRole('complementary', { name: 'Credentials to review' })).toContainText('You have 3 credentials available for review.');
  });

  for (const title of ['Fire safety', 'Conflict resolution']) {
    await test.step(`${title}: Accept credential and add it to my wallet`, () => accepts(ward, house, atWard, phone, title));
  }

  await test.step('Reject this credential: incorrect information', async () => {
    await ward.getByRole('link', { name: 'Review the next credential' }).click();
    await ward.getByRole('button', { name: 'Reject this credential' }).click();
    await atWard.choose('Incorrect information');
    await atWard.press('Reject this credential');
    await expect(ward.getByRole('main')).toContainText('There is nothing left to review.');
    await ward.context().close();
  });

  await test.step('the wallet shows what is in it, and everything that one says', async () => {
    await phone.press('Your credentials 3 in your wallet');
    await phone.reads('Your credentials');
    await expect(phone.page.getByRole('listitem')).toHaveCount(3);
    await phone.page.getByRole('button', { name: /Fire safety/ }).click();
    await phone.reads('Core skill: Fire safety');
    for (const said of ['5 January 2026', 'Electronic Staff Record', 'CSTF', 'Northfield Hospitals', 'Valid until']) await phone.says(said);
    await phone.press('Back');
    await phone.press('Back');
  });

  await test.step('a newer copy of a training is added beside the older one', async () => {
    await issue(house, briallen, [skill('Fire safety')]);
    await accepts(page, house, visitor, phone, 'Fire safety');
  });

  await test.step('where she signed in with her password she shares what is held with another trust, with consent', async () => {
    await house.fobwatch('organisation', 'add', '--code', 'WSM', '--name', TRUST);
    await asksToShare(page, house, visitor, TRUST, ['Fire safety', 'Conflict resolution']);
    await phone.scans(await scanned(page));
    await phone.reads(`Share with ${TRUST}?`);
    for (const said of ['Core skill: Fire safety', 'Core skill: Conflict resolution', 'Issued by Northfield Hospitals']) await phone.says(said);
    const [newer, older] = [phone.page.getByRole('radio').first(), phone.page.getByRole('radio').nth(1)];
    await expect(newer, 'the newer copy is chosen').toBeChecked();
    await older.check();
    await newer.check();
    for (const details of await phone.page.locator('summary').all()) await details.click();
    await look(phone.page, 'What is shared');
    await phone.press('Share');
    await phone.reads(`Shared with ${TRUST}`);
    await phone.press('Done');
    await visitor.reads(new RegExp(`Shared with ${TRUST}`));
    await expect(page.getByRole('main')).toContainText('2 credentials have been shared.');
  });

  await test.step('the phone tells what happened, when, and with whom', async () => {
    await phone.press('Your credentials 4 in your wallet');
    await phone.press('History');
    await phone.reads('History');
    const happened = phone.page.getByRole('listitem');
    await expect(happened).toHaveCount(6);
    await expect(happened.first()).toContainText(`Shared with ${TRUST}`);
    await expect(happened.first()).toContainText('Core skill: Fire safety');
    await expect(happened.nth(4)).toContainText('Shared with Northfield Hospitals');
    await expect(happened.nth(5)).toContainText('Added, issued by Northfield Hospitals');
  });

  await test.step('what need not be shown is not, and of two that would do one is chosen', async () => {
    const vct = (kind: string) => ({ vct_values: [`${house.url}/vc/types/${kind}`] });
    const training = (id: string, subject: string) => ({
      id, format: 'dc+sd-jwt', meta: vct('core-skill'), claims: [{ path: ['subject'], values: [subject] }],
    });
    const { link, answers } = await asks(phone.page, house.url, {
      name: 'Library of the ward',
      query: {
        credentials: [
          training('fire', 'Fire safety'),
          training('conflict', 'Conflict resolution'),
          { id: 'key', format: 'dc+sd-jwt', meta: vct('access-key') },
          { id: 'dbs', format: 'dc+sd-jwt', meta: vct('dbs') },
        ],
        credential_sets: [{ options: [['dbs'], ['fire'], ['conflict']] }, { options: [['key']], required: false }],
      },
    });
    await phone.press('Done');
    await phone.scans(link);
    await phone.reads('Share with Library of the ward?');
    await expect(phone.page.getByRole('checkbox', { name: 'Also share Access key' })).not.toBeChecked();
    await phone.page.getByRole('radio', { name: 'Core skill: Conflict resolution' }).check();
    await look(phone.page, 'A choice');
    await phone.press('Share');
    await phone.reads('Shared with Library of the ward');
    expect(answers).toHaveLength(1);
    expect(Object.keys(JSON.parse(answers[0]?.get('vp_token') ?? ''))).toEqual(['conflict']);
    const { disclosed, signed } = shown(answers[0], 'conflict');
    expect(disclosed, 'no more than was asked for').toEqual({ subject: 'Conflict resolution' });
    expect(signed.aud).toBe('x509_san_dns:localhost');
    await phone.press('Done');
  });

  await test.step('whoever signs for another host is refused', async () => {
    const query = { credentials: [{ id: 'key', format: 'dc+sd-jwt', meta: { vct_values: [`${house.url}/vc/types/access-key`] } }] };
    const { link, answers } = await asks(phone.page, house.url, { name: 'Library of the ward', query, host: 'library.elsewhere.example' });
    await phone.scans(link);
    await phone.reads('This cannot be trusted');
    expect(answers).toEqual([]);
  });
  complaints();
  await phone.close();
});

test('a wrong code adds nothing, and neither does a QR code that is over', async ({ page, house, browser }) => {
  test.slow();
  const visitor = quickly(page, house, cadell);
  const phone = await PhoneApp.of(browser);
  await phone.page.goto(`${house.url}/authenticator`);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await issue(house, cadell, [skill('Fire safety')]);
  const offered = async (button: string) => {
    const code = await walletCode(house, cadell, () => visitor.press(button));
    return { code, link: await scanned(page) };
  };
  await page.goto(`${house.url}/passport`);
  await page.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
  const first = await offered('Accept credential and add it to my wallet');
  let second = first;

  await test.step('no code, and a wrong one', async () => {
    await phone.scans(first.link);
    await phone.reads('Add this credential?');
    await phone.press('Add');
    await phone.says('Enter the 6 characters of the code');
    await look(phone.page, 'No code');
    await phone.type('Code from the text message', String((Number(first.code) + 1) % 1_000_000).padStart(6, '0'));
    await phone.press('Add');
    await phone.says('That is not the code.');
    await look(phone.page, 'A wrong code');
  });

  await test.step('without a connection nothing is lost', async () => {
    await phone.context.setOffline(true);
    await phone.type('Code from the text message', first.code);
    await phone.press('Add');
    await phone.reads('The service cannot be reached');
    await phone.context.setOffline(false);
    await phone.press('Try again');
    await phone.reads('Add this credential?');
  });

  await test.step('Cancel and return to QR code: the old one adds nothing', async () => {
    second = await offered('Cancel and return to QR code');
    await phone.type('Code from the text message', first.code);
    await phone.press('Add');
    await phone.reads('This QR code cannot be used any more');
    await phone.press('Done');
    await phone.reads('Approve sign-ins with your phone');
    await phone.scans(first.link);
    await phone.reads('This QR code cannot be used any more');
    await phone.press('Done');
  });

  await test.step('what leads elsewhere is not followed', async () => {
    await phone.scans('openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.elsewhere.example%2Foffer');
    await phone.reads('This is from another service');
    await phone.says('https://issuer.elsewhere.example');
    await phone.press('Done');
    await phone.scans('openid4vp://?client_id=x509_hash%3Aabc&request_uri=https%3A%2F%2Fverifier.elsewhere.example%2Frequest');
    await phone.reads('This is from another service');
    await phone.press('Done');
  });

  await test.step('Do not add', async () => {
    await phone.scans(second.link);
    await phone.reads('Add this credential?');
    await phone.press('Do not add');
    await phone.reads('Approve sign-ins with your phone');
  });

  await test.step('with a new QR code and its code it works, also on this phone itself, and behind the lock', async () => {
    await phone.page.goto('about:blank');
    await phone.page.goto(`${house.url}/authenticator#wallet=${encodeURIComponent(second.link)}`);
    await phone.reads('Add this credential?');
    expect(new URL(phone.page.url()).hash, 'the offer does not stay in the address').toBe('');
    // An issuer that has much to do asks to come again.
    let credentials: unknown;
    await phone.page.route('**/vc/NTH/credential', async (route) => {
      ({ credentials } = await (await route.fetch()).json());
      await route.fulfill({ status: 202, json: { transaction_id: 'later', interval: 1 } });
    });
    await phone.page.route('**/vc/NTH/deferred', (route) => route.fulfill({ json: { credentials } }));
    await phone.type('Code from the text message', second.code);
    await phone.press('Add');
    await phone.says('Adding it to your wallet');
    await phone.choosesAPin();
    await phone.reads('Added to your wallet');
    await visitor.reads(/Your staff passport/);
    await expect(page.getByRole('alert')).toContainText('Fire safety has been successfully added to your wallet');
    await phone.page.reload();
    await phone.unlocks();
    await phone.says('1 in your wallet');
  });

  await test.step('whoever starts again without the PIN has no credentials any more', async () => {
    await phone.page.reload();
    await phone.press('I have forgotten my PIN');
    await phone.says('all your credentials are taken out of this app');
    await phone.press('Remove everything');
    await phone.reads('Approve sign-ins with your phone');
    const left = await phone.page.evaluate(async () => {
      const open = indexedDB.open('fobwatch-authenticator');
      await new Promise((resolve) => (open.onsuccess = resolve));
      const counts = [...open.result.objectStoreNames].map(async (name) => {
        const read = open.result.transaction(name).objectStore(name).count();
        await new Promise((resolve) => (read.onsuccess = resolve));
        return read.result;
      });
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    });
    expect(left, 'nothing is left on the phone').toBe(0);
  });
  await phone.close();
});

test('a refusal shares nothing, an answer is given once, and what was revoked says so until it is deleted', async ({ page, house, browser }) => {
  test.slow();
  const visitor = quickly(page, house, dyddgu);
  const phone = await PhoneApp.of(browser);
  await phone.page.goto(`${house.url}/authenticator`);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');

  await test.step('an access key and a credential are in the wallet', async () => {
    await collectsAccessKey(page, house, visitor, phone);
    await issue(house, dyddgu, [skill('Fire safety')]);
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
    const code = await walletCode(house, dyddgu, () => visitor.press('Accept credential and add it to my wallet'));
    await phone.scans(await scanned(page));
    await phone.reads('Add this credential?');
    await phone.looksElsewhere();
    await phone.unlocks();
    await phone.reads('Add this credential?');
    await phone.type('Code from the text message', code);
    await phone.press('Add');
    await phone.reads('Added to your wallet');
    await phone.press('Done');
    await visitor.reads(/Your staff passport/);
    await page.getByRole('button', { name: 'Sign out' }).click();
  });

  await test.step('a request that is not signed by who it names, or was changed, is not even shown', async () => {
    await asksForAccessKey(page, house, visitor);
    const link = await scanned(page);
    await phone.scans(link.replace(/client_id=x509_hash%3A.{4}/, 'client_id=x509_hash%3AAAAA'));
    await phone.reads('This cannot be trusted');
    await phone.press('Done');
    const requests = /\/vc\/NTH\/request\//;
    for (const changes of [{ client_metadata: { client_name: 'Another trust' } }, { response_uri: 'https://verifier.elsewhere.example/answer' }]) {
      await phone.page.route(requests, async (route) => {
        const answer = await route.fetch();
        const [header, payload = '', signature] = (await answer.text()).split('.');
        const said = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...changes };
        await route.fulfill({ response: answer, body: [header, Buffer.from(JSON.stringify(said)).toString('base64url'), signature].join('.') });
      });
      await phone.scans(link);
      await phone.reads('This cannot be trusted');
      await phone.press('Done');
      await phone.page.unroute(requests);
    }
  });

  await test.step('Do not share', async () => {
    await asksForAccessKey(page, house, visitor);
    const link = await scanned(page);
    await phone.scans(link);
    await phone.reads('Show your access key to Northfield Hospitals?');
    await phone.press('Do not share');
    await phone.reads('Not shared');
    await visitor.reads(/The request was declined in the wallet/);
    await phone.press('Done');
    await phone.scans(link);
    await phone.reads('This QR code cannot be used any more');
    await phone.press('Done');
  });

  await test.step('a request that was answered is answered no second time', async () => {
    await visitor.press('Get a new QR code');
    await expect(page.getByRole('button', { name: 'Open the wallet app on this device' })).toBeVisible();
    const link = await scanned(page);
    await phone.scans(link);
    await phone.reads('Show your access key to Northfield Hospitals?');
    const beside = await sharesAndContinues(phone, 'Shown to Northfield Hospitals');
    await beside.close();
    await visitor.reads(/Enter the code from your phone/);
    await phone.scans(link);
    await phone.reads('This QR code cannot be used any more');
    await phone.press('Done');
  });

  await test.step('on the phone itself the app leads back to where it began', async () => {
    const browserOfPhone = await phone.context.newPage();
    const onPhone = quickly(browserOfPhone, house, dyddgu);
    await asksForAccessKey(browserOfPhone, house, onPhone);
    await browserOfPhone.getByRole('link', { name: 'Use our own authenticator app on this device' }).click();
    await browserOfPhone.getByLabel('PIN', { exact: true }).fill(PIN);
    await browserOfPhone.getByRole('button', { name: 'Unlock' }).click();
    await browserOfPhone.getByRole('button', { name: 'Share', exact: true }).click();
    await onPhone.press('Continue');
    await onPhone.reads(/^Good (morning|afternoon|evening)/);
    await browserOfPhone.close();
  });

  await test.step('nothing in the wallet can be read or taken away without the app', async () => {
    const { texts, extractable } = await phone.page.evaluate(async () => {
      const open = indexedDB.open('fobwatch-authenticator');
      await new Promise((resolve) => (open.onsuccess = resolve));
      const all: unknown[] = [];
      for (const name of ['credentials', 'history', 'answered']) {
        const read = open.result.transaction(name).objectStore(name).getAll();
        await new Promise((resolve) => (read.onsuccess = resolve));
        all.push(...read.result);
      }
      open.result.close();
      const [texts, extractable]: [string[], boolean[]] = [[], []];
      const visit = (value: unknown): void => {
        if (value instanceof CryptoKey) extractable.push(value.extractable);
        else if (value instanceof ArrayBuffer) texts.push(String.fromCharCode(...new Uint8Array(value)));
        else if (typeof value === 'object' && value) Object.values(value).forEach(visit);
        else texts.push(String(value));
      };
      visit(all);
      return { texts: texts.join('\n'), extractable };
    });
    expect(extractable, 'a key for each credential, and one for each token').toEqual([false, false, false, false]);
    for (const said of ['Fire safety', 'Northfield', 'eyJ']) expect(texts).not.toContain(said);
  });

  await test.step('a revoked credential says so', async () => {
    await phone.press('Your credentials 2 in your wallet');
    await phone.reads('Your credentials');
    await expect(phone.page.getByRole('button', { name: /Fire safety/ })).toContainText('Valid until');
    await phone.press('Back');
    await revokes(house, dyddgu, 'Fire safety');
    await phone.press('Your credentials 2 in your wallet');
    const revoked = phone.page.getByRole('button', { name: /Fire safety/ });
    await expect(revoked).toContainText('Revoked');
    await look(phone.page, 'One is revoked');
    await revoked.click();
    await phone.reads('Core skill: Fire safety');
    await phone.says('This credential has been revoked by who issued it.');
  });

  await test.step('Delete asks first, and says what is lost', async () => {
    await phone.press('Delete');
    await phone.reads('Delete Core skill: Fire safety?');
    await phone.says('Only Northfield Hospitals can give you a new copy');
    await phone.press('Cancel');
    await phone.press('Delete');
    await phone.press('Delete credential');
    await phone.reads('Your credentials');
    await expect(phone.page.getByRole('listitem')).toHaveCount(1);
    await phone.page.getByRole('button', { name: /Access key/ }).click();
    await phone.press('Delete');
    await phone.says('Without it you cannot sign in with your staff passport.');
    await phone.press('Delete credential');
    await phone.says('Nothing is here yet.');
    await phone.reads('Your credentials');
    await phone.press('History');
    for (const said of ['Deleted, issued by Northfield Hospitals', 'Not shared with Northfield Hospitals']) await phone.says(said);
    await phone.press('Done');
    await phone.press('Back');
  });

  await test.step('whoever has nothing that fits sends nothing', async () => {
    await asksForAccessKey(page, house, visitor);
    await phone.scans(await scanned(page));
    await phone.reads('You have nothing that fits');
    await phone.press('Do not share');
    await phone.reads('Not shared');
    await visitor.reads(/The request was declined in the wallet/);
  });
  await phone.close();
});

test('a credential looks as its issuer wants, and a picture in it is shown', async ({ page, house, browser }) => {
  test.slow();
  const visitor = quickly(page, house, esyllt);
  const phone = await PhoneApp.of(browser);
  const complaints = watch(phone.page, house.url);
  const picture = resolve('../crates/authenticator/app/icons/icon-192.png');
  await house.fobwatch('organisation', 'set', '--code', 'NTH', '--colour', '#7a1f5c', '--logo', picture);
  await phone.page.goto(`${house.url}/authenticator`);
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  const inside = `data:image/png;base64,${(await readFile(picture)).toString('base64')}`;
  const claims = { given_name: esyllt.firstName, family_name: esyllt.lastName, birthdate: '1987-03-27', picture: inside };
  await issue(house, esyllt, [{ kind: 'identity', claims, assurance: skill('').assurance }]);

  await test.step('the camera reads the QR code', async () => {
    await page.goto(`${house.url}/passport`);
    await page.getByRole('link', { name: /^Review and add ?: Identity/ }).click();
    const code = await walletCode(house, esyllt, () => visitor.press('Accept credential and add it to my wallet'));
    await phone.looksAt(page.locator('.fw-qr'));
    await phone.reads('Add this credential?');
    await phone.type('Code from the text message', code);
    await phone.press('Add');
    await phone.choosesAPin();
    await phone.reads('Added to your wallet');
    await phone.press('Done');
  });

  await phone.press('Your credentials 1 in your wallet');
  await phone.reads('Your credentials');
  await expect(phone.page.locator('.credential-head')).toHaveCSS('background-color', 'rgb(122, 31, 92)');
  await expect.poll(() => phone.page.locator('.logo').evaluate((logo: HTMLImageElement) => logo.naturalWidth)).toBeGreaterThan(0);
  await phone.page.getByRole('button', { name: /Identity/ }).click();
  await phone.reads('Identity: Esyllt');
  await phone.says('27 March 1987');
  const shown = phone.page.getByRole('img', { name: 'Photo' });
  await expect.poll(() => shown.evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(192);
  await look(phone.page, 'With a picture');

  await test.step('what is deleted at once waits for review again', async () => {
    await phone.press('Delete');
    await phone.press('Delete credential');
    await phone.says('Nothing is here yet.');
    const waits = page.getByRole('link', { name: /^Review and add ?: Identity/ });
    await expect
      .poll(async () => {
        await page.goto(`${house.url}/passport`);
        return waits.count();
      })
      .toBe(1);
  });
  complaints();
  await phone.close();
});
