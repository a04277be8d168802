// Somebody's wallet, made of libraries that are not ours: takes offers, and shows what it is asked for.
//
//   node wallet.js STORE key '{}'
//   node wallet.js STORE accept '{"offer": "openid-credential-offer://…", "txCode": "…", "dpop": true, "batch": 2, …}'
//   node wallet.js STORE ask '{"offer": "openid-credential-offer://…", "clientId": "…", "redirectUri": "…", "dpop": true, "attestation": "…"}'
//   node wallet.js STORE come-back '{"url": "REDIRECT_URI?code=…", "batch": 2}'
//   node wallet.js STORE present '{"request": "openid4vp://…", "look": false, "decline": false}'
//
// STORE is a file with the wallet's keys and credentials. What it did is told as one line of JSON.
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { clientAuthenticationAnonymous, clientAuthenticationNone, setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { SDJwtInstance } from '@sd-jwt/core';
import { DcqlQuery } from 'dcql';
import * as jose from 'jose';

// Servers of tests have no certificates.
setGlobalConfig({ allowInsecureUrls: true });

const [storePath, command, argument] = process.argv.slice(2);
const wish = JSON.parse(argument);
const store = existsSync(storePath) ? JSON.parse(readFileSync(storePath)) : { keys: [], credentials: [] };

const hasher = (data, algorithm) => createHash(algorithm.replace('-', '')).update(data).digest();
const publicOf = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

async function newKey() {
  const { privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const key = await jose.exportJWK(privateKey);
  store.keys.push(key);
  return key;
}

const keyOf = ({ x, y }) => store.keys.find((key) => key.x === x && key.y === y);
const wrapped = (certificate) => `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`;

const callbacks = {
  hash: (data, algorithm) => hasher(data, algorithm),
  generateRandom: (length) => randomBytes(length),
  signJwt: async (signer, { header, payload }) => {
    const key = keyOf(signer.publicJwk);
    const jwt = await new jose.SignJWT(payload).setProtectedHeader({ ...header, alg: 'ES256' }).sign(await jose.importJWK(key, 'ES256'));
    return { jwt, signerJwk: publicOf(key) };
  },
  verifyJwt: async (signer, { compact }) => {
    const key = signer.method === 'x5c' ? await jose.importX509(wrapped(signer.x5c[0]), signer.alg) : await jose.importJWK(signer.publicJwk, signer.alg);
    try {
      await jose.compactVerify(compact, key);
      return { verified: true, signerJwk: await jose.exportJWK(key) };
    } catch {
      return { verified: false };
    }
  },
  encryptJwe: async ({ publicJwk, alg, enc, apu, apv }, data) => {
    const jwe = new jose.CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({ alg, enc, ...(publicJwk.kid && { kid: publicJwk.kid }) });
    // Wallets of one large maker send these, others do not: both must be understood.
    if (wish.parties) jwe.setKeyManagementParameters({ apu: new TextEncoder().encode('wallet'), apv: new TextEncoder().encode('verifier') });
    else if (apu || apv) jwe.setKeyManagementParameters({ ...(apu && { apu: jose.base64url.decode(apu) }), ...(apv && { apv: jose.base64url.decode(apv) }) });
    return { encryptionJwk: publicJwk, jwe: await jwe.encrypt(await jose.importJWK(publicJwk, alg)) };
  },
  decryptJwe: async (jwe) => {
    for (const key of store.keys) {
      try {
        const { plaintext } = await jose.compactDecrypt(jwe, await jose.importJWK(key, 'ECDH-ES'));
        return { decrypted: true, decryptionJwk: publicOf(key), payload: new TextDecoder().decode(plaintext) };
      } catch {}
    }
    return { decrypted: false };
  },
  // Who asks their person to sign in says who they are; who has the code of an offer need not.
  clientAuthentication: async (request) => {
    if (wish.attestation) await attest(request);
    return (wish.clientId ? clientAuthenticationNone({ clientId: wish.clientId }) : clientAuthenticationAnonymous())(request);
  },
  getX509CertificateMetadata: (certificate) => {
    const names = (new X509Certificate(wrapped(certificate)).subjectAltName ?? '').split(', ');
    const of = (kind) => names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
    return { sanDnsNames: of('DNS:'), sanUriNames: of('URI:') };
  },
};

/** Shows what the wallet's maker says of it, and that it is said of this one. The library does so without the server's challenge. */
async function attest({ headers, authorizationServerMetadata: { issuer, challenge_endpoint: endpoint } }) {
  const { attestation_challenge: challenge } = await (await fetch(endpoint, { method: 'POST' })).json();
  const { sub, cnf } = jose.decodeJwt(wish.attestation);
  const proof = await new jose.SignJWT({ challenge, jti: jose.base64url.encode(randomBytes(16)) })
    .setProtectedHeader({ alg: 'ES256', typ: 'oauth-client-attestation-pop+jwt' })
    .setIssuer(sub).setAudience(issuer).setIssuedAt()
    .sign(await jose.importJWK(keyOf(cnf.jwk), 'ES256'));
  headers.set('OAuth-Client-Attestation', wish.attestation);
  headers.set('OAuth-Client-Attestation-PoP', proof);
}

/** A new key, for what the maker says of the wallet. */
const key = async () => publicOf(await newKey());

async function accept() {
  const client = new Openid4vciClient({ callbacks });
  const credentialOffer = await client.resolveCredentialOffer(wish.offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const [configuration] = credentialOffer.credential_configuration_ids;
  let dpop;
  if (wish.dpop) dpop = { signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(await newKey()) } };
  const token = await client.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer, issuerMetadata, txCode: wish.txCode, dpop });
  return take(client, { issuerMetadata, configuration, accessToken: token.accessTokenResponse.access_token, dpop: token.dpop });
}

/** Pushes what the offer invites to, and tells where the person's browser is to be led. */
async function ask() {
  const client = new Openid4vciClient({ callbacks });
  const credentialOffer = await client.resolveCredentialOffer(wish.offer);
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const [configuration] = credentialOffer.credential_configuration_ids;
  const { scope } = issuerMetadata.credentialIssuer.credential_configurations_supported[configuration];
  let dpop;
  if (wish.dpop) dpop = { signer: { method: 'jwk', alg: 'ES256', publicJwk: publicOf(await newKey()) } };
  const asked = await client.createAuthorizationRequestUrlFromOffer({
    credentialOffer, issuerMetadata, clientId: wish.clientId, redirectUri: wish.redirectUri, scope, dpop,
  });
  const { clientId, redirectUri, attestation } = wish;
  store.asked = { credentialOffer, configuration, clientId, redirectUri, attestation, verifier: asked.pkce.codeVerifier, dpop: asked.dpop };
  return { url: asked.authorizationRequestUrl };
}

/** The person is back, with a code or without. */
async function comeBack() {
  const client = new Openid4vciClient({ callbacks });
  const { credentialOffer, configuration, clientId, redirectUri, attestation, verifier, dpop } = store.asked;
  Object.assign(wish, { clientId, attestation });
  const issuerMetadata = await client.resolveIssuerMetadata(credentialOffer.credential_issuer);
  const [authorizationServerMetadata] = issuerMetadata.authorizationServers;
  const answer = client.parseAndVerifyAuthorizationResponseRedirectUrl({ url: wish.url, authorizationServerMetadata });
  if (answer.error) return { error: answer.error };
  const token = await client.retrieveAuthorizationCodeAccessTokenFromOffer({
    issuerMetadata, credentialOffer, authorizationCode: answer.code, pkceCodeVerifier: verifier, redirectUri, dpop,
  });
  return take(client, { issuerMetadata, configuration, accessToken: token.accessTokenResponse.access_token, dpop: token.dpop });
}

async function take(client, { issuerMetadata, configuration, accessToken, dpop }) {
  const { c_nonce: nonce } = await client.requestNonce({ issuerMetadata });
  const jwt = [];
  for (let count = 0; count < (wish.batch ?? 1); count += 1) {
    const publicJwk = publicOf(await newKey());
    const proof = await client.createCredentialRequestJwtProof({
      issuerMetadata, credentialConfigurationId: configuration, nonce, clientId: wish.clientId, signer: { method: 'jwk', alg: 'ES256', publicJwk },
    });
    jwt.push(proof.jwt);
  }
  const asked = { accessToken, dpop, issuerMetadata };
  let { credentialResponse } = wish.encrypt
    ? await takeEncrypted(asked, { credential_configuration_id: configuration, proofs: { jwt } })
    : await client.retrieveCredentials({ ...asked, credentialConfigurationId: configuration, proofs: { jwt } });
  let deferred = 0;
  while (credentialResponse.transaction_id) {
    deferred += 1;
    const later = await client.retrieveDeferredCredentials({ ...asked, transactionId: credentialResponse.transaction_id });
    credentialResponse = later.deferredCredentialResponse;
  }
  const credentials = credentialResponse.credentials.map(({ credential }) => credential);
  if (credentialResponse.notification_id) {
    await client.sendNotification({
      ...asked, notification: { notificationId: credentialResponse.notification_id, event: wish.event ?? 'credential_accepted' },
    });
  }
  store.credentials.push(...credentials);
  return { version: issuerMetadata.originalDraftVersion, credentials, deferred, encrypted: Boolean(wish.encrypt) };
}

/** Asks encrypted, for an encrypted answer. The library for issuance does not; the one for JOSE does. */
async function takeEncrypted({ issuerMetadata, accessToken }, request) {
  const { credential_endpoint: endpoint, credential_request_encryption: encryption } = issuerMetadata.credentialIssuer;
  const [to] = encryption.jwks.keys;
  const mine = await newKey();
  const content = { ...request, credential_response_encryption: { jwk: { ...publicOf(mine), alg: 'ECDH-ES', use: 'enc' }, enc: wish.encrypt } };
  const body = await new jose.CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: to.alg, enc: wish.encrypt, kid: to.kid })
    .encrypt(await jose.importJWK(to, to.alg));
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/jwt' };
  const response = await fetch(endpoint, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.headers.get('content-type') !== 'application/jwt') throw new Error(text);
  const { plaintext } = await jose.compactDecrypt(text, await jose.importJWK(mine, 'ECDH-ES'));
  return { credentialResponse: JSON.parse(new TextDecoder().decode(plaintext)) };
}

async function held() {
  const read = new SDJwtInstance({ hasher });
  return Promise.all(
    store.credentials.map(async (credential) => {
      const claims = await read.getClaims(credential);
      return { credential, claims, holder: claims.cnf.jwk };
    }),
  );
}

/** What a path of the query leads to, as the library for disclosures wants it. */
function frame(claims) {
  const frame = {};
  for (const { path } of claims ?? []) {
    let here = frame;
    path.slice(0, -1).forEach((step) => {
      here[step] ??= {};
      here = here[step];
    });
    here[path.at(-1)] = true;
  }
  return frame;
}

async function present() {
  const client = new Openid4vpClient({ callbacks });
  const parsed = client.parseOpenid4vpAuthorizationRequest({ authorizationRequest: wish.request });
  const resolved = await client.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: parsed.params });
  const request = resolved.authorizationRequestPayload;
  if (wish.look) return { client: resolved.client.prefix, looked: true };
  if (wish.decline) {
    const body = new URLSearchParams({ error: 'access_denied', error_description: 'no', state: request.state });
    const { status } = await fetch(request.response_uri, { method: 'POST', body });
    return { client: resolved.client.prefix, status };
  }
  const mine = await held();
  const query = DcqlQuery.parse(request.dcql_query);
  DcqlQuery.validate(query);
  const found = DcqlQuery.query(query, mine.map(({ claims }) => ({
    credential_format: 'dc+sd-jwt', vct: claims.vct, claims, cryptographic_holder_binding: true,
  })));
  if (!found.can_be_satisfied) return { cannot: true };
  const vpToken = {};
  for (const asked of request.dcql_query.credentials) {
    const match = found.credential_matches[asked.id];
    if (!match.success) continue;
    const { credential, holder } = mine[match.valid_credentials.at(-1).input_credential_index];
    const key = await jose.importJWK(keyOf(holder), 'ES256');
    const kbSigner = async (data) => {
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(data));
      return jose.base64url.encode(new Uint8Array(signature));
    };
    const library = new SDJwtInstance({ hasher, kbSigner, kbSignAlg: 'ES256' });
    const payload = { iat: wish.now ?? Math.floor(Date.now() / 1000), nonce: request.nonce, aud: request.client_id };
    vpToken[asked.id] = [await library.present(credential, frame(asked.claims), { kb: { payload } })];
  }
  const encrypts = request.response_mode.endsWith('.jwt');
  const answer = await client.createOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request,
    authorizationResponsePayload: { vp_token: vpToken },
    ...(encrypts && { jarm: { encryption: { nonce: jose.base64url.encode(randomBytes(16)) }, serverMetadata: {
      authorization_encryption_alg_values_supported: ['ECDH-ES'],
      authorization_encryption_enc_values_supported: [wish.enc ?? 'A128GCM'],
      authorization_signing_alg_values_supported: ['ES256'],
    } } }),
  });
  const sent = await client.submitOpenid4vpAuthorizationResponse({
    authorizationRequestPayload: request, authorizationResponsePayload: answer.authorizationResponsePayload, jarm: answer.jarm,
  });
  return { client: resolved.client.prefix, version: resolved.version, status: sent.response.status, answer: await sent.response.json().catch(() => null) };
}

const done = await { key, accept, ask, 'come-back': comeBack, present }[command]();
writeFileSync(storePath, JSON.stringify(store));
console.log(JSON.stringify(done));
