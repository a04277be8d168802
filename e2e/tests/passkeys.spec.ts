// Passkeys in a real browser, with Chromium's own authenticator in the place of a finger on a sensor.
import type { CDPSession, Page, Route } from '@playwright/test';
import { expect, test } from '../support/house.ts';
// Pages that look the same without a script are looked at in the gallery.
import { look } from '../support/look.ts';
import { olwen, rhys } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

/** A phone or computer that unlocks by finger: what it holds, and whether its owner is there. */
class Device {
  private constructor(
    private readonly page: Page,
    private readonly line: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async of(page: Page): Promise<Device> {
    const line = await page.context().newCDPSession(page);
    await line.send('WebAuthn.enable', { enableUI: false });
    const { authenticatorId } = await line.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        // Somebody has to touch it first: otherwise the field for the user name would sign in by itself.
        automaticPresenceSimulation: false,
      },
    });
    return new Device(page, line, authenticatorId);
  }

  /** The owner touches it while `act` asks for it, and only then. */
  async touched<T>(act: () => Promise<T>): Promise<T> {
    await this.ownerIsThere(true);
    const done = await act();
    await this.ownerIsThere(false);
    return done;
  }

  /** The owner touches it once while signing in, and is gone before the page that comes then offers the passkey again. */
  async touchedOnce<T>(act: () => Promise<T>): Promise<T> {
    await this.ownerIsThere(true);
    const answer = async (route: Route) => {
      await this.ownerIsThere(false);
      await route.continue();
    };
    await this.page.route('**/sign-in/passkey', answer, { times: 1 });
    return act();
  }

  private async ownerIsThere(enabled: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.line.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }

  /** Whether the finger is its owner's. */
  async knows(isUserVerified: boolean): Promise<void> {
    await this.line.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }

  async passkeys(): Promise<number> {
    const { credentials } = await this.line.send('WebAuthn.getCredentials', { authenticatorId: this.authenticatorId });
    return credentials.length;
  }
}

async function signsInByPassword(visitor: Visitor, remember = false): Promise<void> {
  await visitor.page.goto(`${visitor.house.url}/sign-in`);
  await visitor.type('Email address or staff number', visitor.person.email);
  await visitor.type('Password', visitor.password);
  const code = await visitor.codeByText(() => visitor.press('Sign in'));
  await visitor.type('Verification code', code);
  if (remember) await visitor.page.getByRole('checkbox', { name: /^Do not ask for a code in this browser/ }).check();
  await visitor.press('Verify Code');
  await visitor.reads(/^Good (morning|afternoon|evening)/);
}

test('Olwen adds a passkey, signs in with it and deletes it', async ({ page, house }) => {
  const visitor = new Visitor(page, house, olwen, { look: async () => {} });
  await visitor.joins('Text message');
  const device = await Device.of(page);
  await signsInByPassword(visitor);

  await test.step('she adds one', async () => {
    await page.goto(`${house.url}/security-info/passkeys`);
    await visitor.reads(/Your passkeys/);
    await visitor.press('Add a passkey');
    await visitor.reads(/Create a passkey/);
    await expect(page.getByText('Passkeys need JavaScript')).toBeHidden();
    await look(page, 'create a passkey');
    await device.touched(async () => {
      await visitor.press('Create a passkey');
      await visitor.reads(/Name your passkey/);
    });
    await expect(page.getByLabel('Name')).toHaveValue(/Chrom/);
    await visitor.type('Name', 'Ward computer');
    await visitor.press('Save');
    await expect(page.getByText('Your passkey has been saved')).toBeVisible();
  });

  await test.step('the same device makes no second one', async () => {
    await visitor.press('Add a passkey');
    await device.touched(async () => {
      await visitor.press('Create a passkey');
      await expect(page.getByText('This device has a passkey for your account already')).toBeVisible();
    });
    await look(page, 'no second passkey');
  });

  await test.step('she signs in with it', async () => {
    await visitor.press('Sign out');
    await visitor.reads(/Sign in/);
    await look(page, 'sign in with a passkey');
    await device.touched(async () => {
      await visitor.press('Sign in with a passkey');
      await visitor.reads(/^Good (morning|afternoon|evening)/);
    });
  });

  await test.step('it takes the place of the code', async () => {
    await visitor.press('Sign out');
    await visitor.type('Email address or staff number', olwen.email);
    await visitor.type('Password', visitor.password);
    // Whether a code is on its way, so soon after the last one, does not matter.
    await visitor.press('Sign in');
    await visitor.follow('Use another way to sign in');
    await visitor.reads(/How do you want to sign in/);
    await look(page, 'use another way');
    await device.touched(async () => {
      await visitor.press('Use a passkey');
      await visitor.reads(/^Good (morning|afternoon|evening)/);
    });
  });

  await test.step('she deletes it', async () => {
    await page.goto(`${house.url}/security-info/passkeys`);
    await page.getByRole('link', { name: 'Delete Ward computer' }).click();
    await visitor.reads(/Delete this passkey/);
    await visitor.press('Delete passkey');
    await expect(page.getByText('You have no passkeys.')).toBeVisible();
    await visitor.press('Sign out');
    await device.touchedOnce(async () => {
      await visitor.press('Sign in with a passkey');
      await expect(page.getByText('The passkey has been removed from your account')).toBeVisible();
    });
    await look(page, 'a deleted passkey');
    expect(await device.passkeys(), 'it is still on the device').toBe(1);
  });
});

test('Rhys confirms with his passkey, and is offered it in the field for the user name; another finger opens nothing', async ({ page, house }) => {
  const visitor = new Visitor(page, house, rhys, { look: async () => {} });
  await visitor.joins('Text message');
  const device = await Device.of(page);
  await signsInByPassword(visitor, true);
  await page.goto(`${house.url}/security-info/passkeys/add`);
  await device.touched(async () => {
    await visitor.press('Create a passkey');
    await visitor.reads(/Name your passkey/);
  });
  await visitor.press('Sign out');
  await visitor.reads(/Sign in/);

  await test.step('his browser is spared the code, so what is sensitive asks for a proof', async () => {
    await visitor.type('Email address or staff number', rhys.email);
    await visitor.type('Password', visitor.password);
    await visitor.press('Sign in');
    await visitor.reads(/^Good (morning|afternoon|evening)/);
    await page.goto(`${house.url}/security-info/passkeys/add`);
    await visitor.reads(/Confirm that it is you/);
    await look(page, 'confirm with a passkey');
    await device.touched(async () => {
      await visitor.press('Use a passkey');
      await visitor.reads(/Create a passkey/);
    });
    await visitor.press('Sign out');
    await visitor.reads(/Sign in/);
  });

  await test.step('somebody else puts a finger on it', async () => {
    await device.knows(false);
    await device.touched(async () => {
      await visitor.press('Sign in with a passkey');
      await expect(page.getByText('No passkey was used')).toBeVisible();
    });
    await device.knows(true);
  });

  await test.step('the field offers it', async () => {
    const offered = await page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable());
    expect(offered, 'this browser can').toBe(true);
    await device.touched(async () => {
      // The page signs in by itself, perhaps before all of it is loaded.
      await page.reload({ waitUntil: 'commit' });
      await visitor.reads(/^Good (morning|afternoon|evening)/);
    });
  });
});
