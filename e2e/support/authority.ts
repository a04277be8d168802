// The authority of a house, by the handbook's ceremony, and the host on which people sign in by the certificates that it issues.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './programs.ts';

const run = promisify(execFile);

/** Runs the program as the house has it set up, with a line on the standard input. */
export type Fobwatch = (words: string[], typed?: string) => Promise<{ stdout: string }>;

/** Root and issuing authority, step by step; the chain is written to where the configuration says. */
export async function ceremony(folder: string, fobwatch: Fobwatch): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [root, request, issuing] = ['root.pem', 'issuing.csr', 'issuing.pem'].map((name) => join(folder, name)) as [string, string, string];
  const keys = ['--keys', join(folder, 'stick')];
  const typed = 'the passphrase of the stick\n';
  const named = ['--organisation', 'Northfield Hospitals', '--name'];
  await fobwatch(['pki', 'root', 'new', ...keys, ...named, 'Northfield Smartcard Root 2026', '--out', root], typed);
  const asked = await fobwatch(['pki', 'issuing', 'request', ...named, 'Northfield Smartcards 2026', '--out', request]);
  const [, fingerprint = ''] = /fingerprint +(\S+)/.exec(asked.stdout) ?? [];
  const paper = ['--fingerprint', fingerprint, '--out', issuing];
  await fobwatch(['pki', 'root', 'sign', ...keys, '--root', root, '--request', request, ...paper], typed);
  await fobwatch(['pki', 'issuing', 'install', '--certificate', issuing, '--root', root]);
}

/** An authority as OpenSSL makes one, which nobody's house knows; `subject` may be the name of one that is known. */
export async function strangeAuthority(folder: string, subject: string): Promise<{ certificate: string; key: string }> {
  const [certificate, key] = ['strange.pem', 'strange.key'].map((name) => join(folder, name)) as [string, string];
  await run('openssl', [...REQUEST, '-x509', '-days', '30', '-subj', subject, '-out', certificate, '-keyout', key]);
  return { certificate, key };
}

/** A key in a file, PKCS#12 under the password `x`, with a certificate of a strange authority with this name. */
export async function strangeFile(folder: string, authority: string): Promise<string> {
  const strange = await strangeAuthority(folder, authority);
  const [request, key, certificate, file] = ['own.csr', 'own.key', 'own.pem', 'own.p12'].map((name) => join(folder, name)) as [
    string, string, string, string,
  ];
  await run('openssl', [...REQUEST, '-subj', '/CN=Nobody of ours', '-out', request, '-keyout', key]);
  // Without an extension it would be of version 1, which no TLS of today takes.
  const extensions = join(folder, 'own.ext');
  await writeFile(extensions, 'keyUsage = digitalSignature\nextendedKeyUsage = clientAuth\n');
  const by = ['-CA', strange.certificate, '-CAkey', strange.key, '-extfile', extensions];
  await run('openssl', ['x509', '-req', '-in', request, '-days', '30', ...by, '-out', certificate]);
  await run('openssl', ['pkcs12', '-export', '-passout', 'pass:x', '-inkey', key, '-in', certificate, '-out', file]);
  return file;
}

/** The host for certificates: another name and another port than the service's, with a certificate of an authority of its own. */
export class CertificateHost {
  private constructor(
    readonly url: string,
    /** Whoever trusts it trusts the host. */
    readonly authority: string,
    /** For the configuration. */
    readonly env: Record<string, string>,
  ) {}

  static async of(folder: string): Promise<CertificateHost> {
    const port = await freePort();
    const [authority, authorityKey, request, certificate, key] = ['ca.pem', 'ca.key', 'host.csr', 'host.pem', 'host.key'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string, string];
    const name = 'card.localhost';
    await run('openssl', [...REQUEST, '-x509', '-days', '30', '-subj', '/CN=Northfield web', '-out', authority, '-keyout', authorityKey]);
    await run('openssl', [
      ...REQUEST, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-out', request, '-keyout', key,
    ]);
    await run('openssl', [
      'x509', '-req', '-in', request, '-copy_extensions', 'copy', '-days', '30',
      '-CA', authority, '-CAkey', authorityKey, '-out', certificate,
    ]);
    const url = `https://${name}:${String(port)}`;
    return new CertificateHost(url, authority, {
      FOBWATCH_SMARTCARDS__MTLS_LISTEN: `127.0.0.1:${String(port)}`,
      FOBWATCH_SMARTCARDS__MTLS_PUBLIC_URL: url,
      FOBWATCH_SMARTCARDS__MTLS_CERTIFICATE: certificate,
      FOBWATCH_SMARTCARDS__MTLS_KEY: key,
    });
  }
}

const REQUEST = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
