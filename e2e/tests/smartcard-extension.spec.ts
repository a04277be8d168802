import { type BrowserContext, chromium, expect, test } from '@playwright/test';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// The way from a page through the extension to the agent and back, with no reader at its end: who may ask, and what a page is told.

const EXTENSION = resolve('../crates/card-agent/extension');
const AGENT = process.env['FOBWATCH_CARD'] ?? resolve('../target/debug/fobwatch-card');
const NONCE = 'n'.repeat(43);

interface Answer {
  version?: string;
  refused?: string;
}

let pages: Server;
let port: number;
let folder: string;
let browser: BrowserContext;
let id: string;

test.beforeAll(async () => {
  pages = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<title>page</title>'));
  await new Promise<void>((listening) => pages.listen(0, listening));
  port = (pages.address() as AddressInfo).port;
  folder = await mkdtemp(join(tmpdir(), 'fobwatch-extension-'));
  const settings = join(folder, 'card-agent.toml');
  await writeFile(settings, `portals = ["http://localhost:${String(port)}"]\npinentry = "/bin/true"\n`);
  const program = join(folder, 'agent');
  // No service for smartcards: the socket is nobody's.
  await writeFile(
    program,
    `#!/bin/sh\nPCSCLITE_CSOCK_NAME='${folder}/none' exec '${AGENT}' --settings '${settings}' native\n`,
  );
  await chmod(program, 0o755);
  const manifest = JSON.parse(
    await readFile(resolve('../crates/card-agent/packaging/linux/fobwatch.card.json'), 'utf8'),
  ) as { name: string; path: string; allowed_origins: string[] };
  id = new URL(manifest.allowed_origins[0] ?? '').host;
  const hosts = join(folder, 'profile', 'NativeMessagingHosts');
  await mkdir(hosts, { recursive: true });
  await writeFile(join(hosts, `${manifest.name}.json`), JSON.stringify({ ...manifest, path: program }));
  browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: false,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      `--disable-extensions-except=${EXTENSION}`,
      `--load-extension=${EXTENSION}`,
    ],
  });
});

test.afterAll(async () => {
  await browser.close();
  pages.close();
  await rm(folder, { recursive: true });
});

/** What a page at this host is answered; nothing where it cannot speak to the extension at all. */
async function asks(host: string, message: object): Promise<Answer | undefined> {
  const page = await browser.newPage();
  await page.goto(`http://${host}:${String(port)}/`);
  const answer = await page.evaluate(
    ([extension, question]) =>
      new Promise<Answer | undefined>((answered) => {
        const { runtime } = (window as { chrome?: { runtime?: { sendMessage?: (...of: unknown[]) => void; lastError?: unknown } } }).chrome ?? {};
        if (!runtime?.sendMessage) answered(undefined);
        else runtime.sendMessage(extension, question, (said: Answer) => { answered(runtime.lastError ? undefined : said); });
      }),
    [id, message] as const,
  );
  await page.close();
  return answer;
}

test('a portal is answered by the agent, through the extension', async () => {
  expect(await asks('localhost', { do: 'hello' })).toEqual({ version: '0.1.0' });
  expect(await asks('localhost', { do: 'sign-in', nonce: NONCE })).toEqual({ refused: 'no-reader' });
});

test('the agent takes the origin from the browser: a page cannot name another', async () => {
  const lies = { do: 'sign-in', nonce: NONCE, origin: `http://localhost:${String(port)}` };
  expect(await asks('127.0.0.1', lies)).toEqual({ refused: 'foreign-origin' });
});

test('a page that the extension does not know cannot speak to it', async () => {
  expect(await asks('elsewhere.localhost', { do: 'hello' })).toBeUndefined();
});

test('what is no question is refused before the agent is started', async () => {
  for (const nonsense of [{}, { do: 'format' }, { do: 'sign-in' }, { do: 'sign-in', nonce: 1 }]) {
    expect(await asks('localhost', nonsense)).toEqual({ refused: 'not-understood' });
  }
});
