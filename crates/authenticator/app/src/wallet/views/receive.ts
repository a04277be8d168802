// A credential is offered: who issues what, the code that came by text message, and *Add*.
import { button, field, h, live, paragraph, row, show, submit } from '../../dom.ts'
import { lock } from '../../kept.ts'
import { chooseLock } from '../../views/lock.ts'
import { word } from '../../words.ts'
import { credentials } from '../held.ts'
import { note } from '../history.ts'
import { BadOffer, read, type Offer } from '../offer.ts'
import { Receiving, WrongCode } from '../receive.ts'
import { look } from '../status.ts'
import type { Errand, WalletWays } from '../ways.ts'
import { failed } from './failed.ts'
import { list } from './list.ts'

const names = (offer: Offer) => offer.credentials.map((each) => each.look.name)

/** An offer was scanned or opened. */
export async function offered(link: string, ways: WalletWays): Promise<void> {
  const errand = ways.begin()
  errand.lead(() => show({ heading: 'wallet-reading', body: [live({ class: 'working' })], actions: [button('cancel', ways.home, 'secondary')] }))
  try {
    const offer = await read(link)
    const receiving = new Receiving(link, offer)
    errand.lead(() => ask(offer, receiving, link, errand, ways))
  } catch (why) {
    fail(why, link, errand, ways)
  }
}

function fail(why: unknown, link: string, errand: Errand, ways: WalletWays, again: () => unknown = () => offered(link, ways)): void {
  const what = why instanceof BadOffer ? why.why : why
  errand.lead(() => failed(what, ['offer-over-heading', 'offer-over'], ways.home, again))
}

function ask(offer: Offer, receiving: Receiving, link: string, errand: Errand, ways: WalletWays): void {
  const { code: wanted } = offer
  const working = live({ class: 'working' })
  const code =
    wanted &&
    field('tx-code', 'offer-code', null, {
      type: 'text',
      autocomplete: 'one-time-code',
      spellcheck: 'false',
      autocapitalize: 'none',
      class: 'digits',
      ...(wanted.digits && { inputmode: 'numeric' }),
      ...(wanted.length && { maxlength: String(wanted.length) }),
    })
  let busy = false
  const take = async () => {
    if (busy) return
    const typed = code?.input.value.replaceAll(/\s/g, '') ?? null
    if (code && (!typed || (wanted.length !== null && typed.length !== wanted.length))) {
      return code.wrong(wanted.length ? word('offer-code-length', { length: wanted.length }) : word('offer-code-empty'))
    }
    busy = true
    working.textContent = word('offer-working')
    try {
      await received(await receiving.take(typed), errand, ways)
    } catch (why) {
      busy = false
      working.textContent = ''
      if (code && why instanceof WrongCode) return code.wrong(word('offer-code-wrong'))
      fail(why, link, errand, ways, () => errand.lead(() => ask(offer, receiving, link, errand, ways)))
    }
  }
  const refuse = async () => {
    if (busy) return
    await note('not-added', offer.issuerName, names(offer))
    ways.home()
  }
  show({
    heading: offer.credentials.length > 1 ? 'offer-heading-some' : 'offer-heading',
    body: [
      h(
        'dl',
        {},
        ...names(offer).map((name) => row('offer-what', name)),
        row('offer-issuer', offer.issuerName),
        row('offer-host', new URL(offer.issuer).host),
      ),
      paragraph('offer-text'),
      code?.whole,
      wanted?.description && h('p', { class: 'hint' }, wanted.description),
      working,
    ],
    actions: [submit('offer-yes'), button('offer-no', refuse, 'secondary')],
    pair: true,
    submit: take,
  })
  code?.input.focus()
}

async function received(titles: string[], errand: Errand, ways: WalletWays): Promise<void> {
  // A new copy ends an older one: what is held is looked at again.
  void credentials()
    .then(look)
    .catch(() => undefined)
  const end = () =>
    show({
      heading: 'received-heading',
      body: [...titles.map((name) => h('p', {}, h('strong', {}, name))), paragraph('received-text')],
      actions: [button('done', ways.home), button('received-list', () => list(ways), 'secondary')],
      mood: 'good',
    })
  // Whoever has only the wallet has not locked the app yet.
  const isLocked = (await lock()) !== undefined
  errand.lead(isLocked ? end : () => chooseLock(() => errand.lead(end)))
}
