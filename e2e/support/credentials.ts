// Credentials that a trust issues, as its file holds them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { House } from './house.ts';
import type { Person } from './people.ts';

const assurance = {
  origin: 'Electronic Staff Record',
  policy: 'CSTF',
  outcome: 'Passed',
  provider: 'Northfield Hospitals',
  verifier: 'Northfield Hospitals',
  method: 'E-learning',
  pedigree: 'Authoritative',
  last_refresh: '2026-01-05',
};

/** A core skill, at a level where it has some. */
export const skill = (subject: string, level?: string) => ({
  kind: 'core-skill',
  claims: { subject, ...(level && { level }), attained_on: '2026-01-05' },
  assurance,
  valid_until: '2099-12-31',
});

/** The trust issues credentials, by the command line. */
export async function issue(house: House, person: Person, credentials: unknown[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  const file = join(folder, 'credentials.json');
  await writeFile(file, JSON.stringify(credentials));
  await house.fobwatch('passport', 'provide', '--organisation', 'NTH', '--person', person.email, file);
  await rm(folder, { recursive: true });
}
