// How fast others' libraries issue credentials and verify presentations of them, with the same content as ours:
//
//   node measure.js COUNT
//
// Tells {"issued": per second, "verified": per second} as one line of JSON.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import * as jose from 'jose';

const count = Number(process.argv[2]);
const NAMES = ['subject', 'level', 'attainment', 'renewal', 'proficiency', 'awarded', 'provider', 'outcome'];
const claims = Object.fromEntries(NAMES.map((name) => [name, `${name} of this person`]));
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const pair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
const [issuer, holder] = [await pair(), await pair()];
const jwk = await webcrypto.subtle.exportKey('jwk', holder.publicKey);

const signer = (key) => async (data) => {
  const signature = await webcrypto.subtle.sign(algorithm, key, new TextEncoder().encode(data));
  return jose.base64url.encode(new Uint8Array(signature));
};
const verifier = (key) => async (data, signature) =>
  webcrypto.subtle.verify(algorithm, key, jose.base64url.decode(signature), new TextEncoder().encode(data));

const library = new SDJwtInstance({
  hasher: (data, name) => createHash(name.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: () => jose.base64url.encode(randomBytes(16)),
  signer: signer(issuer.privateKey),
  signAlg: 'ES256',
  verifier: verifier(issuer.publicKey),
  kbSigner: signer(holder.privateKey),
  kbSignAlg: 'ES256',
  kbVerifier: verifier(holder.publicKey),
});

const now = Math.floor(Date.now() / 1000);
const content = {
  vct: 'https://northfield.example/vc/types/core-skill', iat: now, exp: now + 86_400,
  cnf: { jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } }, ...claims,
};

async function perSecond(work) {
  const began = performance.now();
  for (let number = 0; number < count; number += 1) await work();
  return (count * 1000) / (performance.now() - began);
}

const issue = () => library.issue(content, { _sd: NAMES });
const credential = await issue();
const kb = { payload: { iat: now, aud: 'x509_hash:verifier', nonce: 'nonce-of-this-question' } };
const shown = await library.present(credential, Object.fromEntries(NAMES.slice(0, 4).map((name) => [name, true])), { kb });
const verified = await perSecond(() => library.verify(shown, { requiredClaimKeys: ['level'], keyBindingNonce: kb.payload.nonce }));
const issued = await perSecond(issue);
console.log(JSON.stringify({ issued, verified }));
