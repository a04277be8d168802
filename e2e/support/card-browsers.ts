// Browsers that reach the card of a workstation: by our extension and the card program, or by themselves, by PKCS#11.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type BrowserContext } from '@playwright/test';
import type { CertificateHost } from './authority.ts';
import type { Workstation } from './workstation.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const EXTENSION = resolve('../crates/card-agent/extension');
const MANIFEST = resolve('../crates/card-agent/packaging/linux/fobwatch.card.json');
const run = promisify(execFile);

const OPTIONS = {
  // Only a browser that believes itself to have windows has extensions and modules; it shows none.
  headless: false,
  viewport: { width: 1280, height: 900 },
  locale: 'en-GB',
  timezoneId: 'Europe/London',
};
const ARGUMENTS = [
  '--headless=new',
  '--hide-scrollbars',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with the extension, whose agent is the ward's; or with the extension alone. */
export async function withExtension(ward: Workstation, { agent = true, name = 'browser' } = {}): Promise<BrowserContext> {
  const profile = join(ward.folder, name);
  if (agent) {
    const program = join(ward.folder, 'agent');
    const variables = Object.entries(ward.env).map(([key, value]) => `${key}='${value}'`);
    const command = ward.program.map((word) => `'${word}'`).join(' ');
    await writeFile(program, `#!/bin/sh\n${variables.join(' ')} exec ${command} native 2>>'${ward.folder}/agent.log'\n`);
    await chmod(program, 0o755);
    const manifest = JSON.parse(await readFile(MANIFEST, 'utf8')) as { name: string; path: string };
    const hosts = join(profile, 'NativeMessagingHosts');
    await mkdir(hosts, { recursive: true });
    await writeFile(join(hosts, `${manifest.name}.json`), JSON.stringify({ ...manifest, path: program }));
  }
  return chromium.launchPersistentContext(profile, {
    ...OPTIONS,
    executablePath: CHROMIUM,
    args: [...ARGUMENTS, `--disable-extensions-except=${EXTENSION}`, `--load-extension=${EXTENSION}`],
  });
}

/** What a browser has to show at the host for certificates. */
export interface Shows {
  /** The card in the ward's reader, opened with this passcode. */
  card?: string;
  /** A key in a file, with its certificate: PKCS#12 under the password `x`. */
  file?: string;
}

/**
 * A browser that trusts the host for certificates and chooses by itself what to show there, as a policy of the organisation says. Its
 * policies are its own: they lie in a namespace.
 */
export async function withCertificates(
  ward: Workstation,
  host: CertificateHost,
  shows: Shows,
  name: string,
): Promise<BrowserContext> {
  const home = join(ward.folder, name);
  const nssdb = join(home, '.pki', 'nssdb');
  const database = `sql:${nssdb}`;
  await mkdir(nssdb, { recursive: true });
  await run('certutil', ['-d', database, '-N', '--empty-password']);
  await run('certutil', ['-d', database, '-A', '-t', 'C,,', '-n', 'host', '-i', host.authority]);
  const env: Record<string, string> = { ...ward.env, HOME: home };
  if (shows.card !== undefined) {
    const module = join(ward.folder, 'card-module.so');
    await run('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', module, resolve('support/card-module.c'), '-ldl']);
    env['CARD_PASSCODE'] = shows.card;
    await run('modutil', ['-dbdir', database, '-add', 'card', '-libfile', module, '-force'], { env: { ...process.env, ...env } });
  }
  if (shows.file) await run('pk12util', ['-d', database, '-i', shows.file, '-W', 'x']);
  const policy = join(home, 'policy.json');
  const chosen = JSON.stringify({ pattern: host.url, filter: {} });
  await writeFile(policy, JSON.stringify({ AutoSelectCertificateForUrls: [chosen] }));
  const program = join(home, 'chromium');
  await writeFile(program, POLICED(policy));
  await chmod(program, 0o755);
  return chromium.launchPersistentContext(join(home, 'profile'), {
    ...OPTIONS,
    executablePath: program,
    env: { ...(process.env as Record<string, string>), ...env },
    args: ARGUMENTS,
  });
}

/** Ends one of these browsers. It is sometimes gone before it has answered that it goes. */
export async function ends(browser: BrowserContext): Promise<void> {
  const gone = browser.waitForEvent('close');
  await Promise.all([gone, browser.close().catch(() => gone)]);
}

const POLICED = (policy: string) => `#!/bin/sh
exec unshare --mount sh -c '
  mount -t tmpfs tmpfs /etc/chromium && mkdir -p /etc/chromium/policies/managed &&
    cp "$1" /etc/chromium/policies/managed/certificates.json || exit 1
  shift
  exec ${CHROMIUM} "$@"' sh '${policy}' "$@"
`;
