// Every page with every sample, as `render_all` wrote them: `./test browser` renders them before it runs this.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { expect, test } from '@playwright/test';
import { look, watch } from '../support/look.ts';

const FOLDER = '../target/pages';
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
// What the product itself sends; the tests of the journeys check it there.
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'";

const names = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -'.html'.length)).sort()
  : [];

let server: Server;
let origin: string;

test.beforeAll(async () => {
  expect(names, 'render the pages first: cargo run -p pages --example render_all -- target/pages').not.toEqual([]);
  server = createServer((request, response) => {
    // A script that asks the service something is told nothing: there is no service here.
    if (request.method === 'POST') return response.writeHead(204).end();
    // A page that waits for an answer goes on waiting.
    if (request.headers.accept === 'text/event-stream') {
      return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    }
    if (request.headers.accept === 'application/json') {
      // A job on a card stands as its page says: the question stays open.
      if (request.url?.startsWith('/smartcard/jobs/')) return response;
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"waiting"}');
    }
    const file = join(FOLDER, normalize(new URL(request.url ?? '/', 'http://localhost').pathname));
    const type = TYPES[extname(file)];
    if (type === undefined || !existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => server.close());

// Some at a time, since opening a browser takes longer than looking at a page.
const AT_A_TIME = 12;
for (let first = 0; first < names.length; first += AT_A_TIME) {
  const members = names.slice(first, first + AT_A_TIME);
  test(`the pages from ${members[0]} to ${members.at(-1)} are accessible`, async ({ page }) => {
    const complaints = watch(page, origin);
    for (const name of members) {
      await page.goto(`${origin}/${name}.html`);
      await look(page, name);
    }
    complaints();
  });
}
