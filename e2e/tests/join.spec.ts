// Guide 003, "How do I register my account?", for each of its three methods of 2-factor verification.
import { expect, test } from '../support/house.ts';
import { amina, grace, tomasz, type Person } from '../support/people.ts';
import { Visitor, type SecondStep } from '../support/visitor.ts';

const choices: [Person, SecondStep][] = [
  [amina, 'Email'],
  [tomasz, 'Text message'],
  [grace, 'Authenticator app'],
];

for (const [person, step] of choices) {
  test(`${person.firstName} joins, with "${step}" as the second step, and signs in`, async ({ page, house }) => {
    const visitor = new Visitor(page, house, person);
    await visitor.joins(step);
    await visitor.signsIn(step);
    await expect(page.getByText('This is the first time that you have signed in')).toBeVisible();
    await expect(page.getByRole('main')).toContainText(person.email);

    await visitor.press('Sign out');
    await visitor.reads(/Sign in/);
    await page.goto(`${house.url}/home`);
    await expect(page.getByRole('main'), 'nobody comes home without signing in').not.toContainText(person.email);
  });
}
