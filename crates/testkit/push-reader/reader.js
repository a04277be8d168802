// What a browser does with a push: makes the keys of a subscription, and reads what was encrypted with them.
import { createECDH, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import ece from 'http_ece'

const pair = createECDH('prime256v1')
if (process.argv[2] === 'keys') {
  const p256dh = pair.generateKeys('base64url')
  const secret = pair.getPrivateKey('base64url')
  console.log(JSON.stringify({ p256dh, secret, auth: randomBytes(16).toString('base64url') }))
} else {
  const { secret, auth, body } = JSON.parse(readFileSync(0, 'utf8'))
  pair.setPrivateKey(secret, 'base64url')
  const sealed = Buffer.from(body, 'base64url')
  process.stdout.write(ece.decrypt(sealed, { version: 'aes128gcm', privateKey: pair, authSecret: auth }))
}
