// Each request is answered once, whoever holds its QR code up to the camera again.
import { base64url } from 'jose'
import { database } from '../kept.ts'
import { hash } from './callbacks.ts'
import type { Asked } from './request.ts'

/** No request is good for longer. */
const KEPT_MS = 24 * 60 * 60_000

const nameOf = async ({ payload }: Asked) => base64url.encode(await hash(JSON.stringify([payload.response_uri, payload.nonce]), 'sha-256'))

export async function isAnswered(asked: Asked): Promise<boolean> {
  return (await (await database()).get('answered', await nameOf(asked))) !== undefined
}

/** Takes the one answer that there is. Whether nobody took it before. */
export async function takeAnswer(asked: Asked): Promise<boolean> {
  const name = await nameOf(asked)
  const write = (await database()).transaction('answered', 'readwrite')
  const before = await write.store.get(name)
  if (before === undefined) await write.store.put(Date.now(), name)
  for (const key of await write.store.getAllKeys()) {
    const at = await write.store.get(key)
    if (at !== undefined && at < Date.now() - KEPT_MS) await write.store.delete(key)
  }
  await write.done
  return before === undefined
}

/** It did not arrive: it may be given again. */
export const giveBackAnswer = async (asked: Asked) => (await database()).delete('answered', await nameOf(asked))
