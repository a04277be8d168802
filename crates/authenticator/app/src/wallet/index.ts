// The wallet, fetched when it is wanted first: it takes credentials, shows them to their owner, and to others when their owner says so.
import './strict.ts'
import './demonstration.ts'

export { offered } from './views/receive.ts'
export { asked } from './views/consent.ts'
export { list } from './views/list.ts'
export type { WalletWays } from './ways.ts'
