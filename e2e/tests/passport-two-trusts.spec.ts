// A passport from its invitation to being active at another trust: what trust A, trust B and the person's phone see of it.
import type { Browser, Page } from '@playwright/test';
import { issue } from '../support/credentials.ts';
import { expect, test } from '../support/house.ts';
import { look } from '../support/look.ts';
import { accepts, asksToShare, collectsAccessKey, told } from '../support/passport.ts';
import { gwen, huw, owena, rosterOf, siwan, type Person } from '../support/people.ts';
import { PhoneApp } from '../support/phone-app.ts';
import { Visitor } from '../support/visitor.ts';
import { scanned, Wallet, type Adds } from '../support/wallet.ts';

// Whoever looks after passports sees what everybody in the house did.
test.use({ apart: 'from an invitation to another trust' });

const SOUTHMERE = 'Southmere Community Trust';
const HEADINGS = 'first name,last name,date of birth,email,phone,staff group,job role,employment type,employment status,esr number,user type';
const blind = { look: async () => {} };

/** A phone with a wallet, of whatever maker. */
interface Phone extends Adds {
  shares(page: Page): Promise<void>;
}

const independent = async (): Promise<Phone> => {
  const wallet = await Wallet.install();
  return { adds: (page, code) => wallet.adds(page, code), shares: async (page) => void expect((await wallet.shows(page)).status).toBe(200) };
};

const ours = async (browser: Browser, house: { url: string }): Promise<Phone> => {
  const app = await PhoneApp.of(browser, { attention: false });
  await app.page.goto(`${house.url}/authenticator`);
  return {
    adds: (page, code) => app.adds(page, code),
    shares: async (page) => {
      await app.scans(await scanned(page));
      await app.reads(`Share with ${SOUTHMERE}?`);
      await app.press('Share');
      await app.reads(`Shared with ${SOUTHMERE}`);
      await app.press('Done');
    },
  };
};

/** Somebody whom no list has. */
const newcomer = (firstName: string, mobile: string): Person => ({
  firstName,
  lastName: 'Aberconwy',
  born: [9, 2, 1988],
  email: `${firstName.toLowerCase()}.aberconwy@elsewhere.example`,
  mobile,
  userType: '',
});

const row = ({ firstName, lastName, email, mobile }: Person) =>
  `${firstName},${lastName},1988-02-09,${email},${mobile},Nursing and Midwifery Registered,Staff Nurse,permanent or fixed term,new starter,,`;

const CHECKS: [kind: string, claims: object][] = [
  ['right-to-work', { basis: 'British or Irish citizen', checked_on: '2026-01-05' }],
  ['dbs', { dbs_level: 'Enhanced', certificate_number: '001234567890', issued_on: '2026-01-05', dbs_outcome: 'Clear', update_service: true }],
  ['occupational-health', { fitness: 'Fit for role', assessed_on: '2026-01-05' }],
  ['professional-registration', { body: 'Nursing council', registration_number: '12A3456E', registration_status: 'Registered', registered_on: '2020-09-01' }],
  ['tuberculosis', { tuberculosis_status: 'Immune', assessed_on: '2026-01-05' }],
];

/** Types a day into the three fields that begin with this id. */
async function day(page: Page, id: string): Promise<void> {
  for (const [field, text] of [['', '5'], ['_month', '1'], ['_year', '2026']] as const) await page.locator(`[id="${id}${field}"]`).fill(text);
}

async function howItWasChecked(manager: Visitor, policy?: string): Promise<void> {
  if (policy) await manager.type('Assurance policy', policy);
  for (const [field, text] of [['Origin', 'Electronic Staff Record'], ['Assurance outcome', 'Passed'], ['Verification method', 'Original seen']] as const)
    await manager.type(field, text);
  await manager.choose('Authoritative');
}

const LEADERS = { gwen, owena, huw, siwan };

function journey(wallet: string, install: (browser: Browser, house: { url: string }) => Promise<Phone>, person: Person, [leaderA, leaderB]: [keyof typeof LEADERS, keyof typeof LEADERS]) {
  test(`from an invitation to a passport that is active at another trust, with ${wallet}`, async ({ page, browser, house }) => {
    test.slow();
    const [a, b] = [LEADERS[leaderA], LEADERS[leaderB]];
    const known = (await house.fobwatch('organisation', 'list')) as { stdout: string };
    if (!known.stdout.includes('STH')) await house.fobwatch('organisation', 'add', '--code', 'STH', '--name', SOUTHMERE);
    await house.imports('STH', rosterOf([huw, siwan]));
    const at = async (who: Person, code: string) => {
      const desk = await (await browser.newContext()).newPage();
      const manager = new Visitor(desk, house, who, { ...blind, start: `/join/${code}` });
      await manager.joins('Authenticator app');
      await house.fobwatch('role', 'give', '--organisation', code, '--email', who.email, '--role', 'passport-manager');
      await manager.signsIn('Authenticator app');
      return [desk, manager] as const;
    };
    const [deskA, managerA] = await at(a, 'NTH');
    const [deskB, managerB] = await at(b, 'STH');
    const nurse = new Visitor(page, house, person, { ...blind, start: '/join/NTH' });
    const phone = await install(browser, house);
    const passport = async () => {
      await deskA.goto(`${house.url}/console/passports`);
      await managerA.type('Name, email address or staff number', person.email);
      await managerA.press('Find');
      await managerA.follow(`${person.firstName} ${person.lastName}`);
    };

    await test.step('Northfield invites by a file; who was invited registers and comes in person', async () => {
      await deskA.goto(`${house.url}/console/passports/invitations/file`);
      const others = [1, 2].map((number) => ({ ...person, email: `${number}.${person.email}`, mobile: '' }));
      const csv = [HEADINGS, ...[person, ...others].map(row)].join('\n');
      await deskA.getByLabel('CSV file').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(`${csv}\n`) });
      await managerA.press('Upload');
      await managerA.reads(/Invite 3 people\?/);
      await managerA.press('Invite them');
      await expect(deskA.getByRole('heading', { level: 1 })).toHaveText('Everybody in the file is invited', { timeout: 60_000 });
      await nurse.joins('Text message');
      await deskA.goto(`${house.url}/console/passports/invitations?show=registered`);
      await managerA.follow(`${person.firstName} ${person.lastName}`);
      await managerA.choose('In person');
      await managerA.press('Confirm the identity');
    });

    await test.step('the job role says what a nurse needs', async () => {
      await deskA.goto(`${house.url}/console/passports/job-roles`);
      await look(deskA, 'No job roles');
      await managerA.press('Add a job role');
      await managerA.type('Name of the job role', `Staff Nurse, ${a.lastName} ${a.firstName}`);
      const groups = deskA.getByRole('group', { name: 'Core skills' }).getByRole('checkbox');
      for (const box of await groups.all()) await box.check();
      for (const needed of ['Identity', 'Right to work', 'Disclosure and Barring Service (DBS)', 'Occupational health', 'Professional registration', 'Tuberculosis'])
        await deskA.getByRole('checkbox', { name: needed, exact: true }).check();
      await look(deskA, 'A job role');
      await managerA.press('Save');
      await expect(deskA.getByRole('main')).toContainText('30 credentials');
      await look(deskA, 'Job roles');
      await passport();
      await managerA.follow('Give a job role');
      await managerA.choose(`Staff Nurse, ${a.lastName} ${a.firstName}`);
      await look(deskA, 'Which job role');
      await managerA.press('Save');
      await expect(deskA.getByRole('main')).toContainText('0 of 30 completed');
      await look(deskA, 'Nothing is there yet');
    });

    await test.step('thirty credentials are provided by what the job role requires', async () => {
      await managerA.press('Provide a credential');
      await look(deskA, 'Needed for the job role');
      await deskA.getByRole('link', { name: 'Identity', exact: true }).first().click();
      await day(deskA, 'birthdate');
      await deskA.locator('[id="birthdate_year"]').fill('1988');
      await howItWasChecked(managerA);
      await managerA.press('Provide');
      await expect(deskA.getByRole('main')).toContainText('Waits for the person’s review');
      await passport();
      await managerA.press('Provide a credential');
      await managerA.follow('Core skill: several at once');
      for (const skill of await deskA.locator('fieldset input[id]:not([type=radio])').all()) {
        const id = (await skill.getAttribute('id')) ?? '';
        if (!/_month$|_year$/.test(id) && id !== 'last_refresh') await day(deskA, id);
      }
      await howItWasChecked(managerA);
      await look(deskA, 'Two dozen core skills');
      const mail = await told(house, person, () => managerA.press('Provide'));
      expect(mail.text).toContain('24');
      const assurance = { origin: 'Electronic Staff Record', policy: 'Employment checks', outcome: 'Passed', provider: 'Northfield Hospitals', verifier: 'Northfield Hospitals', method: 'Original seen', pedigree: 'Authoritative', last_refresh: '2026-01-05' };
      await issue(house, person, CHECKS.map(([kind, claims]) => ({ kind, claims, assurance })));
    });

    await test.step('the nurse collects the access key and reviews', async () => {
      await nurse.signsIn('Text message');
      await collectsAccessKey(page, house, nurse, phone);
      await page.goto(`${house.url}/home`);
      await expect(page.getByRole('complementary', { name: 'Credentials to review' })).toContainText('You have 30 credentials available for review.');
      for (const title of ['Identity', 'Conflict resolution', 'Equality, diversity and human rights']) await accepts(page, house, nurse, phone, title);
      await page.goto(`${house.url}/passport`);
      await page.getByRole('link', { name: /^Review and add ?: Fire safety/ }).click();
      await page.getByRole('button', { name: 'Reject this credential' }).click();
      await nurse.choose('Incorrect information');
      await nurse.press('Reject this credential');
    });

    await test.step('Northfield corrects what was wrong, and reminds of the rest', async () => {
      await passport();
      await expect(deskA.getByRole('main')).toContainText('3 of 30 completed');
      await expect(deskA.getByRole('main')).toContainText('The passport is pending: 27 credentials are missing.');
      await managerA.press('Provide a credential');
      await deskA.getByRole('link', { name: 'Fire safety', exact: true }).first().click();
      await day(deskA, 'attained_on');
      await howItWasChecked(managerA);
      await managerA.press('Provide');
      await deskA.goto(`${house.url}/console/passports/rejections`);
      await expect(deskA.getByRole('main')).not.toContainText(person.email);
      await passport();
      const mail = await told(house, person, () => managerA.press('Remind the person'));
      expect(mail.subject).toContain('27 credentials to review');
      await look(deskA, 'Reminded');
      await accepts(page, house, nurse, phone, 'Fire safety');
    });

    await test.step('the nurse shares with Southmere, which accepts all but one: active there', async () => {
      const titles = ['Identity', 'Conflict resolution', 'Equality, diversity and human rights', 'Fire safety'];
      await asksToShare(page, house, nurse, SOUTHMERE, titles);
      await phone.shares(page);
      await nurse.reads(new RegExp(`Shared with ${SOUTHMERE}`));
      await deskB.goto(`${house.url}/console/passports/job-roles`);
      await managerB.press('Add a job role');
      await managerB.type('Name of the job role', `Bank Nurse ${b.firstName}`);
      for (const needed of ['Identity', 'Conflict resolution', 'Fire safety']) await deskB.getByRole('checkbox', { name: needed, exact: true }).check();
      await managerB.press('Save');
      await deskB.goto(`${house.url}/console/passports/shares`);
      await managerB.follow(`${person.firstName} ${person.lastName}`);
      await managerB.follow('Give a job role');
      await managerB.choose(`Bank Nurse ${b.firstName}`);
      await managerB.press('Save');
      await expect(deskB.getByRole('main')).toContainText('The passport is pending: 3 credentials are missing.');
      await managerB.follow('Equality, diversity and human rights');
      await managerB.choose('We do not need it');
      await managerB.press('Reject');
      await managerB.press('Accept all that hold');
      await expect(deskB.getByRole('main')).toContainText('3 of 3 completed');
      await expect(deskB.getByRole('main')).toContainText('The passport is active.');
      await look(deskB, 'Active at another trust');
    });

    await test.step('Northfield revokes one: Southmere sees that', async () => {
      await passport();
      await deskA.getByRole('link', { name: 'Conflict resolution', exact: true }).last().click();
      await managerA.choose('It is no longer valid');
      await managerA.press('Revoke');
      await deskB.reload();
      await expect(deskB.getByRole('main')).toContainText('Revoked by its issuer');
      await expect(deskB.getByRole('main')).toContainText('The passport is pending: 1 credential is missing.');
      await managerB.follow('Bypass what is missing');
      await look(deskB, 'Bypass what is missing');
      await managerB.type('Why it need not be there', 'Works in the office until the next course');
      await managerB.press('Bypass');
      await expect(deskB.getByRole('main')).toContainText('bypassed what is missing on');
      await look(deskB, 'Bypassed');
    });
    for (const desk of [deskA, deskB]) await desk.context().close();
  });
}

journey('an independent wallet', independent, newcomer('Tegwen', '07700 900181'), ['gwen', 'huw']);
journey('the wallet of our authenticator', ours, newcomer('Eirian', '07700 900182'), ['owena', 'siwan']);
