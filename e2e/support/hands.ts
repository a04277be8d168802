// The ways in which people work a page: pointing at things, or by keyboard alone.
import { expect, type Locator, type Page } from '@playwright/test';

export interface Hands {
  /** A button, or a link that looks like one. */
  press(page: Page, name: string): Promise<void>;
  /** A link in the text. */
  follow(page: Page, name: string): Promise<void>;
  /** A field, by what stands above it; what was in it is replaced. */
  type(page: Page, field: string, text: string): Promise<void>;
  /** One of several, by what stands beside it. */
  choose(page: Page, option: string): Promise<void>;
  /** A box, by what stands beside it. */
  tick(page: Page, box: string): Promise<void>;
}

const button = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).or(page.getByRole('link', { name, exact: true }));
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
// Not by role: a password has none.
const field = (page: Page, label: string) => page.locator('main').getByLabel(label, { exact: true });
const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });
const option = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });

export const mouse: Hands = {
  press: (page, name) => button(page, name).click(),
  follow: (page, name) => link(page, name).click(),
  type: (page, label, text) => field(page, label).fill(text),
  choose: (page, name) => option(page, name).check(),
  tick: (page, name) => box(page, name).check(),
};

export const keyboard: Hands = {
  async press(page, name) {
    await reach(page, button(page, name));
    await enter(page);
  },
  async follow(page, name) {
    await reach(page, link(page, name));
    await enter(page);
  },
  async type(page, label, text) {
    await reach(page, field(page, label));
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  },
  async choose(page, name) {
    const wanted = option(page, name);
    const group = page.locator(`input[type=radio][name="${await wanted.getAttribute('name')}"]`);
    // One stop for the whole group: arrows move within it.
    await reach(page, group);
    await page.keyboard.press('Space');
    for (let tries = await group.count(); !(await wanted.isChecked()) && tries > 0; tries--) {
      await page.keyboard.press('ArrowDown');
    }
    await expect(wanted, `arrows lead to "${name}"`).toBeChecked();
  },
  async tick(page, name) {
    await reach(page, box(page, name));
    await page.keyboard.press('Space');
    await expect(box(page, name)).toBeChecked();
  },
};

/** Presses Enter on what leads to another page, and waits for it: unlike a click, a key does not. */
async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
}

/** Presses Tab until one of the elements has the focus, as somebody does who sees where it is. */
async function reach(page: Page, target: Locator): Promise<void> {
  const stops: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    const here = await target.evaluateAll((elements) => elements.some((element) => element === document.activeElement));
    if (here) {
      const shown = await page.evaluate(() => document.activeElement?.matches(':focus-visible'));
      expect(shown, 'the focus is visible').toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
    stops.push(await page.evaluate(() => document.activeElement?.textContent?.trim().slice(0, 30) || '?'));
  }
  throw new Error(`Tab does not lead to ${String(target)}; it stops at: ${stops.join(' | ')}`);
}
