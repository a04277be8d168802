// The whole journey in a browser that runs no scripts.
import { test } from '../support/house.ts';
import { picture } from '../support/look.ts';
import { li, u } from '../support/people.ts';
import { Visitor } from '../support/visitor.ts';

test.use({ javaScriptEnabled: false });

test('Li joins and signs in without scripts, with codes by email', async ({ page, house }) => {
  const visitor = new Visitor(page, house, li, { look: picture });
  await visitor.joins('Email');
  await visitor.signsIn('Email');
  await visitor.press('Sign out');
  await visitor.reads(/Sign in/);
});

test('U, whose name has one letter, joins and signs in without scripts, with an authenticator app', async ({ page, house }) => {
  const visitor = new Visitor(page, house, u, { look: picture });
  await visitor.joins('Authenticator app');
  await visitor.signsIn('Authenticator app');
});
