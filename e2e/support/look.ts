// Looking at a page as many people would: on a large screen, on a small one, and with a screen reader's demands.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import axe from 'axe-core';

const SIZES = [
  { name: 'wide', width: 1280, height: 900 },
  // 1280 pixels at 400 % zoom.
  { name: 'narrow', width: 320, height: 640 },
] as const;

const PICTURES = 'results/pages';
/** Pictures are for people to look at: they take longer than all else, and nobody looks at those of a build server. */
const KEEPS_PICTURES = process.env['CI'] === undefined;
let seen = 0;

/** Checks the page as it stands in both sizes and keeps a picture of each in e2e/results/pages, see `picture`. */
export async function look(page: Page, name: string): Promise<void> {
  await test.step(`look at "${name}"`, async () => {
    // A page that has only begun to arrive has nothing on it to look at.
    await page.waitForLoadState();
    const before = page.viewportSize();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const found = await complaintsOfAxe(page, size.name);
      expect(found, `axe finds nothing on "${name}" (${size.name})`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `"${name}" needs no scrolling to the side (${size.name})`).toBeLessThanOrEqual(0);
      await picture(page, `${name}-${size.name}`);
    }
    if (before) await page.setViewportSize(before);
  });
}

interface Complaint {
  rule: string;
  what: string;
  where: string[];
}

/** Pages that axe was content with, by size and structure. */
const content = new Set<string>();

/** What axe finds on the page as it stands. A page that differs from one that it was content with by its words alone is not asked about again. */
async function complaintsOfAxe(page: Page, size: string): Promise<Complaint[]> {
  const known = `${size} ${await structure(page)}`;
  if (content.has(known)) return [];
  // Once for each document; no page has frames.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    // Telling what it is content with takes longer than looking.
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({ rule: id, what: help, where: nodes.map(({ target }) => target.join(' ')) }));
  });
  if (found.length === 0) content.add(known);
  return found;
}

/** The elements of a page with what they say of themselves, without its words, numbers, addresses and drawings. */
async function structure(page: Page): Promise<string> {
  const elements = await page.evaluate(() =>
    document.documentElement.outerHTML
      .replaceAll(/<svg.*?<\/svg>/gs, '<svg>')
      .replaceAll(/ (href|src|action|value|content)="[^"]*"/g, ' $1')
      .replaceAll(/>[^<]*[^<\s][^<]*</g, '>words<')
      .replaceAll(/\d+/g, '0'),
  );
  return createHash('sha256').update(elements).digest('hex');
}

/** Keeps a picture of the whole page, numbered in the order in which they were taken; none where `CI` is set. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!KEEPS_PICTURES) return;
  const folder = `${PICTURES}/${slug(test.info().titlePath.slice(1).join(' '))}`;
  mkdirSync(folder, { recursive: true });
  seen += 1;
  await page.waitForLoadState();
  await page.screenshot({ path: `${folder}/${String(seen).padStart(3, '0')}-${slug(name)}.png`, fullPage: true });
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

/** Fails the test at its end if the page complained in the console, broke its own security policy or asked others. */
export function watch(page: Page, origin: string): () => void {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // A form that comes back with errors, and an answer of the service that says no, the browser reports like a failure.
    const saysNo = /status of (401|409|410|422|429)/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !saysNo) complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) complaints.push(`asks ${url.origin}`);
  });
  return () => expect(complaints, 'the browser has nothing to complain of').toEqual([]);
}
