// A phone with a wallet that others wrote (`crates/testkit/wallet`): it takes offers, and shows what it is asked for.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, type Page } from '@playwright/test';

const PROGRAM = resolve('../crates/testkit/wallet/wallet.js');

export interface Shown {
  status: number;
  answer: { redirect_uri?: string } | null;
}

/** Whatever takes the credential that a page offers. */
export interface Adds {
  adds(page: Page, txCode?: string): Promise<unknown>;
}

export class Wallet implements Adds {
  private constructor(private readonly folder: string) {}

  static async install(): Promise<Wallet> {
    return new Wallet(await mkdtemp(join(tmpdir(), 'wallet-')));
  }

  /** Scans what the page offers, types the code of the text message, and adds the credential. */
  async adds(page: Page, txCode?: string): Promise<string[]> {
    const told = await this.does('accept', { offer: await scanned(page), dpop: true, ...(txCode && { txCode }) });
    return told.credentials;
  }

  /** Scans what the page asks for, and shows it. */
  async shows(page: Page): Promise<Shown> {
    return this.does('present', { request: await scanned(page) });
  }

  /** Scans what the page asks for, and no more: its owner has not decided yet. */
  async looksAt(page: Page): Promise<void> {
    expect(await this.does('present', { request: await scanned(page), look: true })).toMatchObject({ looked: true });
  }

  /** Scans what the page asks for, and its owner says no. */
  async declines(page: Page): Promise<void> {
    expect(await this.does('present', { request: await scanned(page), decline: true })).toMatchObject({ status: 200 });
  }

  remove = () => rm(this.folder, { recursive: true });

  private async does(command: string, wish: unknown) {
    const { stdout } = await promisify(execFile)('node', [PROGRAM, join(this.folder, 'store.json'), command, JSON.stringify(wish)]);
    return JSON.parse(stdout);
  }
}

/** What the QR code on a page says, which the button for a wallet on the same device says, too. */
export async function scanned(page: Page): Promise<string> {
  await expect(page.getByText('QR code for the wallet on your phone.')).toBeAttached();
  const link = await page.getByRole('button', { name: 'Open the wallet app on this device' }).getAttribute('href');
  if (!link) throw new Error('the page offers nothing to a wallet');
  return link;
}
