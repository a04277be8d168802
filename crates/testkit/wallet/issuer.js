// An issuer made of libraries that are not ours, for measuring ours beside it: codes, tokens and numbers live in memory.
//
//   node issuer.js
//
// Tells {"port": …} as one line of JSON and serves /token, /nonce and /credential until its input ends. Every code is taken once.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import { setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vciIssuer } from '@openid4vc/openid4vci';
import { SDJwtInstance } from '@sd-jwt/core';
import * as jose from 'jose';

// Servers on loopback have no certificates.
setGlobalConfig({ allowInsecureUrls: true });

const NAMES = ['subject', 'level', 'attainment', 'renewal', 'proficiency', 'awarded', 'provider', 'outcome'];
const claims = Object.fromEntries(NAMES.map((name) => [name, `${name} of this person`]));
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const library = new SDJwtInstance({
  hasher: (data, name) => createHash(name.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: () => jose.base64url.encode(randomBytes(16)),
  signer: async (data) => jose.base64url.encode(new Uint8Array(await webcrypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(data)))),
  signAlg: 'ES256',
});

const callbacks = {
  hash: (data, name) => createHash(name.replace('-', '')).update(data).digest(),
  generateRandom: (length) => randomBytes(length),
  verifyJwt: async (signer, { compact }) => {
    const key = await jose.importJWK(signer.publicJwk, signer.alg);
    try {
      await jose.compactVerify(compact, key);
      return { verified: true, signerJwk: signer.publicJwk };
    } catch {
      return { verified: false };
    }
  },
};

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const credentialIssuer = `http://127.0.0.1:${port}`;
const configuration = {
  format: 'dc+sd-jwt',
  vct: `${credentialIssuer}/types/core-skill`,
  cryptographic_binding_methods_supported: ['jwk'],
  credential_signing_alg_values_supported: ['ES256'],
  proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
};
const issuer = new Openid4vciIssuer({ callbacks });
const metadata = {
  credentialIssuer: {
    credential_issuer: credentialIssuer,
    credential_endpoint: `${credentialIssuer}/credential`,
    nonce_endpoint: `${credentialIssuer}/nonce`,
    credential_configurations_supported: { 'core-skill': configuration },
  },
  authorizationServers: [],
  knownCredentialConfigurations: { 'core-skill': configuration },
};

const [codes, tokens, nonces] = [new Set(), new Set(), new Set()];
const drawn = () => randomBytes(32).toString('base64url');
const body = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
};

const endpoints = {
  '/token': async (request) => {
    const code = new URLSearchParams(await body(request)).get('pre-authorized_code');
    if (code === null || codes.has(code)) throw new Error('the code was used');
    codes.add(code);
    const token = drawn();
    tokens.add(token);
    return { access_token: token, token_type: 'Bearer', expires_in: 300 };
  },
  '/nonce': async () => {
    const nonce = drawn();
    nonces.add(nonce);
    return issuer.createNonceResponse({ cNonce: nonce });
  },
  '/credential': async (request) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (!tokens.delete(token)) throw new Error('the token is unknown');
    const credentialRequest = JSON.parse(await body(request));
    const parsed = issuer.parseCredentialRequest({ credentialRequest, issuerMetadata: metadata });
    const [jwt] = parsed.proofs.jwt;
    const { nonce } = jose.decodeJwt(jwt);
    if (!nonces.delete(nonce)) throw new Error('the number is unknown');
    const proof = await issuer.verifyCredentialRequestJwtProof({ jwt, expectedNonce: nonce, issuerMetadata: metadata });
    const now = Math.floor(Date.now() / 1000);
    const { kty, crv, x, y } = proof.signer.publicJwk;
    const content = { vct: configuration.vct, iat: now, exp: now + 86_400, cnf: { jwk: { kty, crv, x, y } }, ...claims };
    const credential = await library.issue(content, { _sd: NAMES });
    return issuer.createCredentialResponse({ credentialRequest: parsed, credentials: [{ credential }] });
  },
};

server.on('request', async (request, response) => {
  try {
    const told = await endpoints[request.url](request);
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(told));
  } catch (why) {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(why) }));
  }
});
console.log(JSON.stringify({ port }));
process.stdin.on('end', () => process.exit()).resume();
