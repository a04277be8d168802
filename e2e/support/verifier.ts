// Somebody who asks the wallet of the app by themselves, at addresses of the service that lead to them: what our own pages never ask for.
import { execFile } from 'node:child_process';
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';

const encoded = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');

/** A key, and a certificate for the host that it signs itself. */
async function pair(host: string): Promise<{ key: string; certificate: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'verifier-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const wish = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=Verifier'];
  await promisify(execFile)('openssl', [...wish, '-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', certificate]);
  const made = { key: await readFile(key, 'utf8'), certificate: (await readFile(certificate, 'utf8')).replaceAll(/-----[^-]+-----|\s/g, '') };
  await rm(folder, { recursive: true });
  return made;
}

export interface Question {
  name: string;
  query: unknown;
  /** The host of the certificate, where it is another one than that of the answer. */
  host?: string;
}

/** Asks, and returns what the QR code says and what was answered. */
export async function asks(phone: Page, url: string, { name, query, host }: Question): Promise<{ link: string; answers: URLSearchParams[] }> {
  const { hostname } = new URL(url);
  const [address, answerTo] = [`${url}/vc/NTH/request/${randomBytes(8).toString('hex')}`, `${url}/vc/NTH/answer/${randomBytes(8).toString('hex')}`];
  const { key, certificate } = await pair(host ?? hostname);
  const client = `x509_san_dns:${host ?? hostname}`;
  const header = encoded({ alg: 'ES256', typ: 'oauth-authz-req+jwt', x5c: [certificate] });
  const payload = encoded({
    aud: 'https://self-issued.me/v2',
    client_id: client,
    response_type: 'vp_token',
    response_mode: 'direct_post',
    response_uri: answerTo,
    nonce: randomBytes(16).toString('base64url'),
    state: 'of-the-question',
    dcql_query: query,
    client_metadata: { client_name: name, vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] } } },
  });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' });
  const answers: URLSearchParams[] = [];
  await phone.route(address, (route) =>
    route.fulfill({ contentType: 'application/oauth-authz-req+jwt', body: `${header}.${payload}.${signature.toString('base64url')}` }),
  );
  await phone.route(answerTo, (route) => {
    answers.push(new URLSearchParams(route.request().postData() ?? ''));
    return route.fulfill({ json: {} });
  });
  return { link: `openid4vp://?${new URLSearchParams({ client_id: client, request_uri: address })}`, answers };
}

/** What was shown under a name: the claims that were disclosed, and what the holder signed. */
export function shown(answer: URLSearchParams | undefined, name: string): { disclosed: Record<string, unknown>; signed: { aud: string; nonce: string } } {
  const [presentation = ''] = (JSON.parse(answer?.get('vp_token') ?? '{}') as Record<string, string[]>)[name] ?? [];
  const parts = presentation.split('~');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const disclosed = Object.fromEntries(parts.slice(1, -1).map((part) => (read(part) as [string, string, unknown]).slice(1)));
  return { disclosed, signed: read(parts.at(-1)?.split('.')[1] ?? '') };
}
