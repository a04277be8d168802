// The Registration Authority at its console, with a card program on its own computer.
import { expect, test } from '@playwright/test';
import type { Person } from './people.ts';
import type { Visitor } from './visitor.ts';
import type { Workstation } from './workstation.ts';

/** Somebody of whom the console knows that they may issue cards. */
export async function becomesAgent(agent: Visitor): Promise<void> {
  await agent.joins('Authenticator app');
  await agent.house.fobwatch('role', 'give', '--organisation', 'NTH', '--email', agent.person.email, '--role', 'ra-agent');
  await agent.signsIn('Authenticator app');
}

/** The blank card in the ward's reader becomes its owner's, who is there and chooses a passcode. */
export async function issues(
  agent: Visitor,
  ward: Workstation,
  { owner, label, passcode }: { owner: Person; label: string; passcode: string },
): Promise<void> {
  await test.step(`the Registration Authority issues card ${label}`, async () => {
    await agent.page.goto(`${agent.house.url}/console/smartcards/blank`);
    await agent.type('GUID', ward.guid);
    await agent.choose('Passcode of 6 to 8 digits');
    await agent.type('What is printed on it', label);
    await agent.press('Register');
    await findsPerson(agent, owner);
    await agent.follow('Issue a card');
    await agent.page.getByRole('checkbox', { name: 'Passport', exact: true }).check();
    await agent.press('I have seen these documents');
    await agent.type('Blank card', label);
    await agent.choose('The person is here and chooses the Smartcard Passcode');
    await agent.type('New Smartcard Passcode', passcode);
    await agent.type('Confirm New Smartcard Passcode', passcode);
    await agent.type('Reason', 'A new colleague on the ward');
    await agent.press('Issue the card');
    await agent.look('A job on a card');
    await ward.opensTheCardProgram(agent.page);
    await expect(agent.page.getByRole('button', { name: 'Continue' })).toBeVisible();
    await agent.look('A card was issued');
  });
}

/** From the console's first page to a person's. */
export async function findsPerson(agent: Visitor, { firstName, lastName }: Person): Promise<void> {
  await agent.page.goto(`${agent.house.url}/console/smartcards`);
  await agent.type('Find a person or a card', `${firstName} ${lastName}`.toLowerCase());
  await agent.press('Find');
  await agent.follow(`${firstName} ${lastName}`);
}
