// A member of the Registration Authority in the console, who does what the guide sends people to them for.
import { execFileSync } from 'node:child_process';
import { expect, test, type Browser } from '@playwright/test';
import type { House } from './house.ts';
import type { Person } from './people.ts';
import { Visitor, type Habits } from './visitor.ts';
import type { Card, Workstation } from './workstation.ts';

export const REASON = 'Asked for at the counter this morning';

/** Joining and signing in are looked at in stories of their own. */
export const quickly: Habits = { look: async () => {} };

export type RaRole = 'ra-manager' | 'ra-agent' | 'ra-sponsor' | 'ra-unlocker';

export class RegistrationAuthority extends Visitor {
  /** Signs somebody in who has this role, in a window of their own. */
  static async opens(browser: Browser, house: House, person: Person, role: RaRole, habits: Habits = {}) {
    const context = await browser.newContext();
    const agent = new RegistrationAuthority(await context.newPage(), house, person, { ...quickly, ...habits });
    await test.step(`${person.firstName} works at the Registration Authority (${role})`, async () => {
      await agent.joins('Authenticator app');
      await house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', person.email, '--role', role);
      await agent.signsIn('Authenticator app');
    });
    return agent;
  }

  /** *Register blank cards*: one, with what is printed on it. */
  async registers(card: Card, label: string, kind = 'Passcode of 6 to 8 digits'): Promise<void> {
    await this.page.goto(`${this.house.url}/console/smartcards/blank`);
    await this.type('GUID', card.guid);
    await this.choose(kind);
    await this.type('What is printed on it', label);
    await this.press('Register');
    await expect(this.page.getByRole('main')).toContainText('1 blank card is registered.');
  }

  /** The page of somebody's cards. */
  async finds({ firstName, lastName }: Person): Promise<void> {
    await this.page.goto(`${this.house.url}/console/smartcards`);
    await this.type('Find a person or a card', lastName);
    await this.press('Find');
    await this.follow(`${firstName} ${lastName}`);
    await this.reads(new RegExp(`${firstName} ${lastName}`));
  }

  /** The page of one of them. */
  async findsCard(person: Person, label: string): Promise<void> {
    await this.finds(person);
    await this.follow(label);
    await this.reads(new RegExp(label));
  }

  /** *Check identity*, which comes before what opens a card. */
  async seesAPassport(): Promise<void> {
    await this.reads(/Check identity/);
    await this.tick('Passport');
    await this.press('I have seen these documents');
  }

  /** *Issue a card*, with the passcode that its owner chooses, or locked. */
  async issues(ward: Workstation, person: Person, label: string, passcode?: string): Promise<void> {
    await test.step(`issue ${label} to ${person.firstName} ${person.lastName}`, async () => {
      await this.finds(person);
      await this.follow('Issue a card');
      if ((await this.page.getByRole('heading', { level: 1 }).innerText()) === 'Check identity') await this.seesAPassport();
      await this.reads(/Issue a card/);
      await this.type('Blank card', label);
      if (passcode === undefined) {
        await this.choose('Locked');
      } else {
        await this.choose('The person is here and chooses the Smartcard Passcode');
        await this.type('New Smartcard Passcode', passcode);
        await this.type('Confirm New Smartcard Passcode', passcode);
      }
      await this.type('Reason', REASON);
      await this.press('Issue the card');
      await this.reads(/Issue a smartcard/);
      await ward.opensTheCardProgram(this.page);
      await expect(this.page.getByRole('button', { name: 'Continue' })).toBeVisible();
    });
  }
}

/** Time passes for a card, as the database sees it: nobody waits for a year. Days since its passcode was set; days until its certificates end. */
export function ages(house: House, card: Card, { passcode = 1, certificates = 700 }: { passcode?: number; certificates?: number }): void {
  execFileSync('python3', ['-c', AGE, house.database, card.guid, String(passcode), String(certificates)]);
}

// Database, GUID, age of the passcode in days, days until the certificates expire.
const AGE = `
import sqlite3, sys, datetime
path, guid, passcode, certificates = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
now = datetime.datetime.now(datetime.timezone.utc)
day = lambda days: now + datetime.timedelta(days=days)
with sqlite3.connect(path, timeout=20) as db:
    db.execute('UPDATE smartcard SET passcode_set_on = ?, expires_at = ? WHERE guid = ?',
               (day(-passcode).date().isoformat(), int(day(certificates).timestamp() * 1000), guid))
    db.execute("""UPDATE smartcard_certificate SET not_after = ? WHERE revoked_at IS NULL
                  AND smartcard_id = (SELECT id FROM smartcard WHERE guid = ?)""", (int(day(certificates).timestamp() * 1000), guid))
    db.execute('DELETE FROM smartcard_alert')
`;
