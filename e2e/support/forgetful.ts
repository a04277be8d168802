// Somebody who has forgotten the password, or is locked out, at three in the morning: they do what the pages say.
import { expect, test, type Page } from '@playwright/test';
import type { House } from './house.ts';
import { look as lookClosely } from './look.ts';
import type { Person } from './people.ts';
import { Visitor, type Habits, type SecondStep } from './visitor.ts';

export type Wish = 'Reset my password' | 'Unlock my account';

/** What a method is called where it proves whose account it is. */
const ways: Record<SecondStep, string> = {
  Email: 'Email',
  'Text message': 'Mobile phone',
  'Authenticator app': 'Authenticator app',
};

export class Forgetful extends Visitor {
  private readonly attention: { now: boolean };

  constructor(page: Page, house: House, person: Person, { look = lookClosely, ...habits }: Habits = {}) {
    const attention = { now: true };
    super(page, house, person, {
      ...habits,
      look: async (page, name) => {
        if (attention.now) await look(page, name);
      },
    });
    this.attention = attention;
  }

  /** Joining and signing in are looked at by tests of their own. */
  override joins(step: SecondStep): Promise<void> {
    return this.inPassing(() => super.joins(step));
  }

  override signsIn(step: SecondStep): Promise<void> {
    return this.inPassing(() => super.signsIn(step));
  }

  private async inPassing(act: () => Promise<void>): Promise<void> {
    this.attention.now = false;
    await act();
    this.attention.now = true;
  }

  /** From the page for signing in to the user name. */
  async asksTo(wish: Wish): Promise<void> {
    await test.step('1 select that the password is forgotten, or the account locked', async () => {
      await this.follow('I have forgotten my password, or my account is locked');
      await this.reads(/What do you want to do\?/);
      await this.look('1 What do you want to do');
    });
    await test.step(`2 ${wish}`, async () => {
      await this.choose(wish);
      await this.press('Continue');
    });
    await test.step('3 enter the email address or staff number', async () => {
      await this.reads(new RegExp(wish));
      await this.look(`3 ${wish}`);
      await this.type('Email address or staff number', this.person.email);
      await this.press('Continue');
    });
  }

  /** Chooses a way, enters its code, *Verify Code*. */
  async provesBy(step: SecondStep): Promise<void> {
    await test.step(`4 prove it by: ${ways[step]}`, async () => {
      await this.reads(/How do you want to prove/);
      await this.look('4 How do you want to prove that it is you');
      await this.choose(ways[step]);
      const press = () => this.press('Continue');
      const code = await {
        Email: () => this.codeByEmail(press),
        'Text message': () => this.codeByText(press),
        // The code of this half minute was used to set the app up.
        'Authenticator app': () => press().then(() => this.authenticator?.code(1) ?? ''),
      }[step]();
      await this.reads(/Check your phone|Check your email|Open your authenticator app/);
      await this.look('5 Verification code');
      await this.type('Verification code', code);
      await this.press('Verify Code');
    });
  }

  /** A new password, and the page that says so. */
  async choosesANewPassword(password = `Velvet compass under ${this.person.email.length} rivers`): Promise<void> {
    await test.step('6 choose a new password', async () => {
      this.password = password;
      this.house.secrets.push(password);
      await this.reads(/Choose a new password/);
      await this.look('6 Choose a new password');
      await this.type('New password', password);
      await this.press('Set new password');
    });
    await test.step('7 done', async () => {
      await this.reads(/Your password is reset/);
      await this.look('7 Your password is reset');
      await this.press('Sign in');
      await this.reads(/Sign in/);
    });
  }

  /** The whole way, from the page for signing in and back to it. */
  async resets(step: SecondStep): Promise<void> {
    await this.asksTo('Reset my password');
    await this.provesBy(step);
    await this.choosesANewPassword();
  }

  /** Enters a password that is not theirs. */
  async mistypes(password: string): Promise<void> {
    await this.type('Email address or staff number', this.person.email);
    await this.type('Password', password);
    await this.press('Sign in');
    await expect(this.page).toHaveTitle(/^Error: Sign in/);
  }
}
