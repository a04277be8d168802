// Waiting for a message, and reading it as a person would.
import { expect } from '@playwright/test';

/** Does something, and returns the first message that was not there before. */
export async function nextFrom<M>(all: () => Promise<M[]>, what: string, act: () => Promise<unknown>): Promise<M> {
  const before = (await all()).length;
  await act();
  let now: M[] = [];
  await expect
    .poll(async () => (now = await all()).length, { message: `${what} arrives`, timeout: 20_000, intervals: [50] })
    .toBeGreaterThan(before);
  return now[before] as M;
}

const code = (text: string) => text.split(/[^0-9]+/).find((run) => run.length === 6);

/** Whether there is a code in it: a notice may come in between. */
export const hasCode = (text: string): boolean => code(text) !== undefined;

/** The first run of exactly six digits. */
export function firstCode(text: string, where: string): string {
  const found = code(text);
  if (found === undefined) throw new Error(`no code in ${where}:\n${text}`);
  return found;
}
