// Somebody else's library for SD-JWT, in the place of an issuer with a holder, and in that of a verifier.
//
//   node sd-jwt.js issue '{"claims": {…}, "concealed": ["…"], "shown": ["…"], "nonce": "…", "audience": "…", "now": 0}'
//   node sd-jwt.js verify '{"presentation": "…", "issuer": {JWK}, "nonce": "…", "now": 0}'
//
// What it made or found is told as one line of JSON; {"refused": why} where it found something wrong.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import * as jose from 'jose';

const [command, argument] = process.argv.slice(2);
const wish = JSON.parse(argument);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hashing = { hasher: (data, name) => createHash(name.replace('-', '')).update(data).digest(), hashAlg: 'sha-256' };

const signer = (key) => async (data) =>
  jose.base64url.encode(new Uint8Array(await webcrypto.subtle.sign(algorithm, key, new TextEncoder().encode(data))));
const verifier = async (jwk) => {
  const key = await webcrypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  return async (data, signature) => webcrypto.subtle.verify(algorithm, key, jose.base64url.decode(signature), new TextEncoder().encode(data));
};

async function pair() {
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', publicKey);
  return { secret: privateKey, jwk: { kty, crv, x, y } };
}

async function issue() {
  const [issuer, holder] = [await pair(), await pair()];
  const library = new SDJwtInstance({
    ...hashing,
    saltGenerator: () => jose.base64url.encode(randomBytes(16)),
    signer: signer(issuer.secret),
    signAlg: 'ES256',
    kbSigner: signer(holder.secret),
    kbSignAlg: 'ES256',
  });
  const content = { ...wish.claims, iat: wish.now, cnf: { jwk: holder.jwk } };
  const credential = await library.issue(content, { _sd: wish.concealed }, { header: { typ: 'dc+sd-jwt' } });
  const frame = Object.fromEntries(wish.shown.map((name) => [name, true]));
  const payload = { iat: wish.now, nonce: wish.nonce, aud: wish.audience };
  return { presentation: await library.present(credential, frame, { kb: { payload } }), issuer: issuer.jwk };
}

async function verify() {
  const library = new SDJwtInstance({
    ...hashing,
    verifier: await verifier(wish.issuer),
    kbVerifier: async (data, signature, payload) => (await verifier(payload.cnf.jwk))(data, signature),
  });
  try {
    const found = await library.verify(wish.presentation, { keyBindingNonce: wish.nonce, currentDate: wish.now });
    return { claims: found.payload, audience: found.kb.payload.aud };
  } catch (why) {
    return { refused: String(why) };
  }
}

console.log(JSON.stringify(await { issue, verify }[command]()));
