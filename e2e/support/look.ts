// Looking at a page as many people would: on a large screen, on a small one, and with a screen reader's demands.
import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const SIZES = [
  { name: 'wide', width: 1280, height: 900 },
  // 1280 pixels at 400 % zoom.
  { name: 'narrow', width: 320, height: 640 },
] as const;

const PICTURES = 'results/pages';
let seen = 0;

/** Checks the page as it stands in both sizes and keeps a picture of each in e2e/results/pages. */
export async function look(page: Page, name: string): Promise<void> {
  await test.step(`look at "${name}"`, async () => {
    // A page that has only begun to arrive has nothing on it to look at.
    await page.waitForLoadState();
    const before = page.viewportSize();
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((violation) => ({
        rule: violation.id,
        what: violation.help,
        where: violation.nodes.map((node) => node.target.join(' ')),
      }));
      expect(found, `axe finds nothing on "${name}" (${size.name})`).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `"${name}" needs no scrolling to the side (${size.name})`).toBeLessThanOrEqual(0);
      await picture(page, `${name}-${size.name}`);
    }
    if (before) await page.setViewportSize(before);
  });
}

/** Keeps a picture of the whole page, numbered in the order in which they were taken. */
export async function picture(page: Page, name: string): Promise<void> {
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
    if (['error', 'warning'].includes(message.type()) && !saysNo) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) complaints.push(`asks ${url.origin}`);
  });
  return () => expect(complaints, 'the browser has nothing to complain of').toEqual([]);
}
