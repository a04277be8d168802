// A person in front of the screen, who does what guide 003 says, step by step and in its words.
import { expect, test, type Page } from '@playwright/test';
import { Authenticator } from './authenticator.ts';
import { mouse, type Hands } from './hands.ts';
import type { House } from './house.ts';
import { look as lookClosely } from './look.ts';
import type { Person } from './people.ts';

export type SecondStep = 'Email' | 'Text message' | 'Authenticator app';

export interface Habits {
  /** Where joining begins, where the house has several trusts. */
  start?: string;
  hands?: Hands;
  /** What is done on each page before going on; by default it is looked at closely. */
  look?: (page: Page, name: string) => Promise<void>;
}

export class Visitor {
  password: string;
  authenticator: Authenticator | undefined;
  private readonly hands: Hands;
  readonly look: (name: string) => Promise<void>;

  private readonly start: string;

  constructor(
    readonly page: Page,
    readonly house: House,
    readonly person: Person,
    { hands = mouse, look = lookClosely, start = '/join' }: Habits = {},
  ) {
    this.start = start;
    this.hands = hands;
    this.look = (name) => look(page, name);
    this.password = `Lanterns over ${person.email.length} quiet harbours`;
    house.secrets.push(this.password);
  }

  press = (name: string) => this.hands.press(this.page, name);
  follow = (name: string) => this.hands.follow(this.page, name);
  type = (field: string, text: string) => this.hands.type(this.page, field, text);
  choose = (option: string) => this.hands.choose(this.page, option);
  tick = (box: string) => this.hands.tick(this.page, box);

  /** The heading of the page, or a part of it, which stands in the title of the window, too. */
  async reads(heading: RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await expect(this.page).toHaveTitle(heading);
  }

  /** Steps 1 to 4, until the code has arrived. */
  asksForACode(): Promise<string> {
    return this.codeByEmail(() => this.givesAddress());
  }

  /** Steps 1 to 3. */
  async givesAddress(): Promise<void> {
    await test.step('1 choose your Staff Group, then Discover More', async () => {
      await this.page.goto(`${this.house.url}${this.start}`);
      await this.reads(/Staff Group/);
      await this.look('1 Staff Group');
      await this.choose('Nursing and Midwifery Registered');
      await this.press('Discover More');
    });
    await test.step('2 if you already work on a permanent contract, Join Now', async () => {
      await expect(this.page.getByText('Nursing and Midwifery Registered')).toBeVisible();
      await this.look('2 Create an account');
      await this.press('Join Now');
    });
    await test.step('3 enter your email address, Send Code', async () => {
      await this.reads(/What is your email address\?/);
      await this.look('3 What is your email address');
      await this.type('Email address', this.person.email);
      await this.press('Send Code');
    });
  }

  /** Step 5. */
  async verifiesTheCode(code: string): Promise<void> {
    await test.step('5 enter the code, Verify Code', async () => {
      await this.reads(/Check your email/);
      await expect(this.page.locator('main')).toContainText('expires in 15 minutes');
      await expect(this.page.getByRole('button', { name: 'Send New Code' })).toBeVisible();
      await this.look('5 Check your email');
      await this.type('Verification code', code);
      await this.press('Verify Code');
    });
  }

  /** Step 6. */
  async givesDetails(person = this.person): Promise<void> {
    await test.step('6 choose a new password and enter your personal details', async () => {
      const [day, month, year] = person.born;
      await this.reads(/Choose a password/);
      await this.look('6 Password and details');
      await this.type('Password', this.password);
      await this.type('First name', person.firstName);
      await this.type('Last name', person.lastName);
      await this.type('Day', String(day));
      await this.type('Month', String(month));
      await this.type('Year', String(year));
      await this.press('Continue');
    });
  }

  /** Steps 7 to 9, until the method is verified. */
  async setsUp(step: SecondStep): Promise<void> {
    await test.step('7 choose a method of 2-factor verification', async () => {
      await this.reads(/Choose your second step/);
      await this.look('7 Choose your second step');
      await this.choose(step);
      await this.press('Continue');
    });
    const code = await test.step(`8 set up: ${step}`, async () => {
      switch (step) {
        case 'Email':
          await this.reads(/Verify your email/);
          await this.look('8 Verify your email');
          await this.type('Email address', this.person.email);
          return this.codeByEmail(() => this.press('Send Code'));
        case 'Text message':
          await this.reads(/Verify your mobile phone/);
          await this.look('8 Verify your mobile phone');
          await this.type('Mobile phone number', this.person.mobile);
          return this.codeByText(() => this.press('Send Code'));
        case 'Authenticator app': {
          await this.reads(/Set up your authenticator app/);
          await this.look('8 Set up your authenticator app');
          this.authenticator = await Authenticator.scans(this.page.getByRole('img', { name: 'QR code' }));
          const key = await this.page.getByText(/^([A-Z2-7]{4} ?)+$/).innerText();
          this.house.secrets.push(key, key.replaceAll(' ', ''));
          expect(Authenticator.typed(key).code(), 'the key beside the QR code says the same').toBe(this.authenticator.code());
          return this.authenticator.code();
        }
      }
    });
    await test.step('9 enter the code, Verify Code', async () => {
      if (step !== 'Authenticator app') await this.look('9 Verification code');
      await this.type('Verification code', code);
      await this.press('Verify Code');
      await this.reads(/verified/);
      await this.look('9 Verified');
    });
  }

  /** Steps 9 and 10: *Continue*, then *Login to …*. */
  async goesOnToSignIn(): Promise<void> {
    await test.step('10 select Login to …, Continue', async () => {
      await this.press('Continue');
      await this.reads(/Your account is ready/);
      await this.look('10 Your account is ready');
      await this.choose('Login to Fobwatch');
      await this.press('Continue');
      await this.reads(/Sign in/);
    });
  }

  /** The whole guide, from the first page to the page for signing in. */
  async joins(step: SecondStep): Promise<void> {
    await this.verifiesTheCode(await this.asksForACode());
    await this.givesDetails();
    await this.setsUp(step);
    await this.goesOnToSignIn();
  }

  /** From the page for signing in to the home page. */
  async signsIn(step: SecondStep): Promise<void> {
    await test.step(`sign in with password and ${step}`, async () => {
      await this.look('Sign in');
      await this.type('Email address or staff number', this.person.email);
      await this.type('Password', this.password);
      const press = () => this.press('Sign in');
      const code = await {
        Email: () => this.codeByEmail(press),
        'Text message': () => this.codeByText(press),
        // The code of this half minute was used to set the app up.
        'Authenticator app': () => press().then(() => this.authenticator?.code(1) ?? ''),
      }[step]();
      await expect(this.page.getByLabel('Verification code')).toBeVisible();
      await this.look('Sign in code');
      await this.type('Verification code', code);
      await this.press('Verify Code');
      if (step === 'Email') await this.putsItOff();
      await this.reads(/^Good (morning|afternoon|evening)/);
      await this.look('Home');
    });
  }

  /** Email resets no password, so whoever has nothing else is asked after signing in. */
  async putsItOff(): Promise<void> {
    await this.reads(/Set up a way to reset your password/);
    await this.look('Set up a way to reset your password');
    await this.press('Not now, ask me again next time');
  }

  codeByEmail = (act: () => Promise<unknown>, address = this.person.email) => this.kept(this.house.mailbox.code(address, act));
  codeByText = (act: () => Promise<unknown>, number = this.person.mobile) => this.kept(this.house.phone.code(number, act));

  private async kept(code: Promise<string>): Promise<string> {
    this.house.secrets.push(await code);
    return code;
  }
}
