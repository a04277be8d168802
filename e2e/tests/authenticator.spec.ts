// The authenticator by itself: every view of it, against a stand-in that plays the service.
import type { Page } from '@playwright/test';
import { StandIn } from '../support/approval.ts';
import { expect, test } from '../support/house.ts';
import { look, picture } from '../support/look.ts';

const TOKEN = 'Abcdefgh-Jklmnopq_Rstuvwx';
const PIN = '274913';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** Each view begins at its heading, for a screen reader, too. */
async function reads(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(page).toHaveTitle(new RegExp(`^${heading.replaceAll('?', '\\?')}`));
}

/** From the address of the QR code to the list of accounts. */
async function enrols(page: Page, url: string, see: typeof look = picture): Promise<void> {
  await page.goto(`${url}/authenticator#enrol=${TOKEN}&aud=${url}`);
  await reads(page, 'Add this account to the app?');
  expect(page.url(), 'the code does not stay in the address').toBe(`${url}/authenticator`);
  await see(page, 'Add this account');
  await press(page, 'Add account');
  await reads(page, 'Choose a PIN');
  await see(page, 'Choose a PIN');
  await page.getByLabel('PIN', { exact: true }).fill(PIN);
  await page.getByLabel('PIN again').fill(PIN);
  await press(page, 'Save PIN');
  await reads(page, 'Your account is added');
  await see(page, 'Your account is added');
  await press(page, 'Done');
  await reads(page, 'Your accounts');
}

async function unlocks(page: Page): Promise<void> {
  await reads(page, 'The app is locked');
  await page.getByLabel('PIN').fill(PIN);
  await press(page, 'Unlock');
}

test('an account is added, and a sign-in approved by the number', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await page.goto(`${house.url}/authenticator`);
  await reads(page, 'Approve sign-ins with your phone');
  await look(page, 'Welcome');
  await press(page, 'What this app can see');
  await look(page, 'What this app can see');
  await press(page, 'Done');
  await press(page, 'Add account');
  await look(page, 'Add an account');
  await page.getByRole('button', { name: /^Enter the code by hand/ }).click();
  await press(page, 'Continue');
  await expect(page.getByLabel('Code beside the QR code')).toBeFocused();
  await look(page, 'No code');
  await page.goto('about:blank');
  await enrols(page, house.url, look);
  await expect(page.getByText('Waiting for requests')).toBeVisible();
  await look(page, 'Accounts');

  const asked = service.asks();
  await reads(page, 'Are you trying to sign in?');
  const details = page.locator('main');
  for (const said of ['Northfield Hospitals', 'Signing in', 'Chromium on Linux', '10.20.x.x']) {
    await expect(details).toContainText(said);
  }
  await look(page, 'Are you trying to sign in');
  await press(page, 'Yes');
  await expect(page.getByText('Enter the 2 digits')).toBeVisible();
  await look(page, 'No number');
  await page.getByLabel('Number on your other screen').fill('42');
  await press(page, 'Yes');
  await reads(page, 'Approved');
  await look(page, 'Approved');
  expect(service.last('answer')).toMatchObject({ request: asked.id, answer: 'approve', number: '42' });
  await press(page, 'Done');
  await reads(page, 'Your accounts');
});

test('a sign-in is refused, and what to do next is said', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  service.asks({ what_for: 'reset' });
  await reads(page, 'Are you trying to sign in?');
  await press(page, 'No, it\'s not me');
  await reads(page, 'You said no');
  await expect(page.locator('main')).toContainText('change it');
  await look(page, 'You said no');
  expect(service.last('answer')).toMatchObject({ answer: 'refuse' });
  expect(service.last('answer')).not.toHaveProperty('number');
});

test('a wrong number approves nothing, and a request ends when its time is over', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  service.asks();
  await page.getByLabel('Number on your other screen').fill('24');
  await press(page, 'Yes');
  await reads(page, 'That is not the number');
  await look(page, 'Wrong number');
  await press(page, 'Done');
  const now = Math.floor(Date.now() / 1000);
  service.asks({ asked_at: now - 117, expires_at: now + 3 });
  await reads(page, 'Are you trying to sign in?');
  await reads(page, 'Too late');
  await look(page, 'Too late');
});

test('an answer that comes too late by the service\'s clock is told to be so', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  service.asks();
  await page.getByLabel('Number on your other screen').fill('42');
  service.refuses = { act: 'answer', status: 410, error: 'over' };
  await press(page, 'Yes');
  await reads(page, 'Too late');
});

test('requests that are paused are said to be so, with the hour', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  service.pausedUntil = Math.floor(Date.now() / 1000) + 3_600;
  await enrols(page, house.url);
  await expect(page.getByText(/^Requests are paused until/)).toBeVisible();
  await look(page, 'Paused');
});

test('a phone that was removed forgets its account and says so', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  service.refuses = { act: 'requests', status: 401, error: 'unknown-device' };
  service.tell();
  await reads(page, 'This phone was removed');
  await look(page, 'Removed');
  await press(page, 'Done');
  await reads(page, 'Approve sign-ins with your phone');
});

test('a QR code that was used says so', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  service.refuses = { act: 'enrol', status: 410, error: 'enrol-over' };
  await page.goto(`${house.url}/authenticator#enrol=${TOKEN}`);
  await press(page, 'Add account');
  await reads(page, 'This QR code cannot be used any more');
  await look(page, 'Used');
});

test('a phone whose clock is an hour behind adds an account and shows the right code', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  service.ahead = 3_600;
  await enrols(page, house.url);
  service.asks();
  await reads(page, 'Are you trying to sign in?');
  await expect(page.getByRole('timer')).toHaveText(/^(2:00|1:5\d) left$/);
});

test('without a network the app opens and shows codes', async ({ page, house, context }) => {
  await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await context.setOffline(true);
  await page.reload();
  await unlocks(page);
  await expect(page.getByText('You are offline')).toBeVisible();
  await expect(page.locator('.code')).toHaveText(/^\d{3} \d{3}$/);
  await look(page, 'Offline');
});

test('wrong PINs are slowed down, and a forgotten one takes the accounts out', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  await page.reload();
  await reads(page, 'The app is locked');
  await look(page, 'Locked');
  for (let tries = 0; tries < 5; tries++) {
    await page.getByLabel('PIN').fill('918273');
    await press(page, 'Unlock');
    await expect(page.getByLabel('PIN')).toHaveValue('');
  }
  await expect(page.getByText(/^Too many wrong PINs/)).toBeVisible();
  await look(page, 'Slowed down');
  // A pause holds when the app is opened again, also for the right PIN.
  await page.reload();
  await unlocks(page);
  await expect(page.getByText(/^Too many wrong PINs/)).toBeVisible();
  await press(page, 'I have forgotten my PIN');
  await look(page, 'Forgotten');
  await press(page, 'Remove everything');
  await reads(page, 'Approve sign-ins with your phone');
  expect(service.last('leave')).toBeDefined();
});

test('a request that comes while the app is locked waits behind the lock', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  await page.reload();
  await reads(page, 'The app is locked');
  service.asks();
  await expect(page.getByText('A request is waiting')).toBeVisible();
  await expect(page.getByText('Chromium on Linux'), 'nothing of it is shown').toHaveCount(0);
  await unlocks(page);
  await reads(page, 'Are you trying to sign in?');
});

test('codes of other services are taken in, and an account taken out', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  await press(page, 'Settings');
  await look(page, 'Settings');
  await press(page, 'Add a code of another service');
  await page.getByLabel('Address of the code').fill('https://northfield.example');
  await press(page, 'Add code');
  await expect(page.getByText('This is no address of a time-based code')).toBeVisible();
  await look(page, 'No otpauth address');
  await page.getByLabel('Address of the code').fill('otpauth://totp/Pathology:amina?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pathology');
  await press(page, 'Add code');
  await page.getByRole('button', { name: /^Remove Northfield/ }).click();
  await look(page, 'Remove');
  await press(page, 'Remove account');
  await reads(page, 'Your accounts');
  await expect(page.getByRole('listitem')).toHaveCount(1);
  await expect(page.getByRole('listitem')).toContainText('Pathology');
  expect(service.last('leave')).toBeDefined();
});

test('nothing that it keeps can be read or taken away', async ({ page, house }) => {
  await StandIn.plays(page, house.url);
  await enrols(page, house.url);
  const kept = await page.evaluate(async () => {
    const open = indexedDB.open('fobwatch-authenticator');
    await new Promise((resolve) => (open.onsuccess = resolve));
    const all: unknown[] = [];
    const keys: boolean[] = [];
    for (const name of open.result.objectStoreNames) {
      const read = open.result.transaction(name).objectStore(name).getAll();
      await new Promise((resolve) => (read.onsuccess = resolve));
      all.push(...read.result);
    }
    const texts: string[] = [];
    const visit = (value: unknown): void => {
      if (value instanceof CryptoKey) keys.push(value.extractable);
      else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
        const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer);
        texts.push(String.fromCharCode(...bytes));
      } else if (typeof value === 'object' && value) Object.values(value).forEach(visit);
      else texts.push(String(value));
    };
    visit(all);
    return { keys, texts: texts.join('\n') };
  });
  expect(kept.keys, 'two keys, and none can be taken out').toEqual([false, false]);
  expect(kept.texts).not.toContain('GEZDGNBV');
  expect(kept.texts).not.toContain(PIN);
});

test('an account is added and a sign-in approved by keyboard alone', async ({ page, house }) => {
  const service = await StandIn.plays(page, house.url);
  const tabTo = async (name: string) => {
    const target = page.getByRole('button', { name, exact: true });
    for (let presses = 0; presses < 12; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await page.goto(`${house.url}/authenticator#enrol=${TOKEN}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await tabTo('Add account');
  await page.keyboard.press('Enter');
  await reads(page, 'Choose a PIN');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PIN);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PIN);
  await page.keyboard.press('Enter');
  await reads(page, 'Your account is added');
  await tabTo('Done');
  await page.keyboard.press('Enter');
  await reads(page, 'Your accounts');
  service.asks();
  await reads(page, 'Are you trying to sign in?');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('42');
  await page.keyboard.press('Enter');
  await reads(page, 'Approved');
});

test('it is dark where the phone is', async ({ page, house }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const service = await StandIn.plays(page, house.url);
  await enrols(page, house.url, look);
  await look(page, 'Accounts in the dark');
  service.asks();
  await reads(page, 'Are you trying to sign in?');
  await look(page, 'Asked in the dark');
});

test.describe('with notifications', () => {
  test('a browser that never answers keeps nobody waiting', async ({ page, house, context }) => {
    await context.grantPermissions(['notifications']);
    await page.addInitScript(() => {
      PushManager.prototype.subscribe = () => new Promise(() => {});
    });
    await page.clock.install();
    const service = await StandIn.plays(page, house.url);
    service.vapid = 'BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo';
    await page.goto(`${house.url}/authenticator#enrol=${TOKEN}`);
    await press(page, 'Add account');
    await page.getByLabel('PIN', { exact: true }).fill(PIN);
    await page.getByLabel('PIN again').fill(PIN);
    await press(page, 'Save PIN');
    await press(page, 'Turn on notifications');
    await reads(page, 'Be told at once');
    await look(page, 'Be told at once');
    await press(page, 'Turn on notifications');
    // The app begins to wait when the service worker is ready, which takes what it takes.
    await expect(async () => {
      await page.clock.fastForward(11_000);
      await expect(page.getByText('did not answer')).toBeVisible({ timeout: 500 });
    }).toPass();
    await look(page, 'No push service');
    await press(page, 'Done');
    await reads(page, 'Your accounts');
  });

  test('a push becomes a notification without the number, which leads to the request', async ({ page, house, context }) => {
    await context.grantPermissions(['notifications']);
    const service = await StandIn.plays(page, house.url);
    await enrols(page, house.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
    const browser = await context.newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      browser.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const ours = registrations.find(({ scopeURL }) => scopeURL === `${house.url}/authenticator`);
        if (ours) resolve(ours.registrationId);
      });
    });
    await browser.send('ServiceWorker.enable');
    const id = await registered;
    const asked = service.asks();
    await browser.send('ServiceWorker.deliverPushMessage', {
      origin: house.url,
      registrationId: id,
      data: JSON.stringify({ v: 1, request: asked.id, organisation: asked.organisation, what_for: 'sign-in', expires_at: asked.expires_at }),
    });
    const shown = () =>
      worker.evaluate(async () => {
        const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
        return (await registration.getNotifications()).map(({ title, body, data }) => ({ title, body, data }));
      });
    await expect.poll(shown, { timeout: 60_000 }).toEqual([
      { title: 'Are you trying to sign in?', body: 'Northfield Hospitals', data: { request: asked.id } },
    ]);
    await reads(page, 'Are you trying to sign in?');
  });
});
