// The whole journey without a mouse. Reading the messages happens elsewhere, as it does in life.
import { test } from '../support/house.ts';
import { keyboard } from '../support/hands.ts';
import { picture } from '../support/look.ts';
import { megan } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

test('Megan joins and signs in by keyboard alone', async ({ page, house }) => {
  const visitor = new Visitor(page, house, megan, { hands: keyboard, look: picture });
  await visitor.joins('Text message');
  await visitor.signsIn('Text message');
  await visitor.press('Sign out');
  await visitor.reads(/Sign in/);
});
