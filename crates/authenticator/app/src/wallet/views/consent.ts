// Somebody asks to be shown something: who, for what, and *Share* or *Do not share*. Nothing is sent before that.
import { button, h, live, paragraph, row, show } from '../../dom.ts'
import { word } from '../../words.ts'
import { NotTaken, decline, share, type Next } from '../answer.ts'
import { isAnswered } from '../answered.ts'
import { credentials } from '../held.ts'
import { wantedOf, type Wanted } from '../query.ts'
import { BadRequest, read, type Asked } from '../request.ts'
import { isAccessKey } from '../sd-jwt.ts'
import type { Errand, WalletWays } from '../ways.ts'
import { choice } from './choice.ts'
import { failed } from './failed.ts'

/** A request was scanned; or opened on this phone, `here`, by a page that is come back to. */
export async function asked(link: string, here: boolean, ways: WalletWays): Promise<void> {
  const errand = ways.begin()
  errand.lead(() => show({ heading: 'wallet-reading', body: [live({ class: 'working' })], actions: [button('cancel', ways.home, 'secondary')] }))
  try {
    const request = await read(link)
    if (await isAnswered(request)) throw new BadRequest('over')
    const wanted = await wantedOf(request.query, await credentials()).catch(() => {
      throw new BadRequest('malformed')
    })
    const leads: Leads = { here, errand, ways }
    errand.lead(() => (wanted ? ask(request, wanted, leads) : nothing(request, leads)))
  } catch (why) {
    fail(why, { here, errand, ways }, () => asked(link, here, ways))
  }
}

interface Leads {
  here: boolean
  errand: Errand
  ways: WalletWays
}

function fail(why: unknown, { errand, ways }: Leads, again: () => unknown): void {
  const what = why instanceof BadRequest ? why.why : why
  errand.lead(() => failed(what, ['request-over-heading', 'request-over'], ways.home, again))
}

const isSignIn = (wanted: Wanted[]) =>
  wanted.every(({ options }) => options.every((option) => option.every(({ candidates }) => candidates.every(({ claims }) => isAccessKey(claims)))))

const who = ({ name, host }: Asked) => h('dl', {}, row('share-who', name), row('offer-host', host))

function ask(request: Asked, wanted: Wanted[], leads: Leads): void {
  const { name } = request
  const signsIn = isSignIn(wanted)
  const choices = choice(wanted)
  const working = live({ class: 'working' })
  const problem = h('p', { class: 'error', role: 'alert', hidden: true }, word('share-nothing-chosen'))
  const titles = wanted.flatMap(({ options }) => options.flatMap((option) => option.flatMap(({ candidates }) => candidates[0]?.title ?? [])))
  let busy = false
  const answer = async (send: () => Promise<Next>, end: (next: Next) => void) => {
    if (busy) return
    busy = true
    working.textContent = word('share-working')
    try {
      const next = await send()
      leads.errand.lead(() => end(next))
    } catch (why) {
      if (why instanceof NotTaken) return leads.errand.lead(() => notTaken(name, leads))
      fail(why, leads, () => leads.errand.lead(() => ask(request, wanted, leads)))
    }
  }
  const yes = () => {
    const chosen = choices.chosen()
    problem.hidden = chosen.size > 0
    if (chosen.size === 0) return
    return answer(
      () => share(request, chosen),
      (next) => shared(name, signsIn, next, leads),
    )
  }
  const no = () =>
    answer(
      () => decline(request, titles),
      (next) => declined(name, next, leads),
    )
  show({
    heading: signsIn ? 'sign-in-heading' : 'share-heading',
    values: { name },
    body: [who(request), paragraph(signsIn ? 'sign-in-text' : 'share-text'), choices.whole, problem, working],
    actions: [button('share-yes', yes), button('share-no', no, 'danger')],
    pair: true,
  })
}

/** Nothing that is asked for is here. The verifier is told no more than a no. */
function nothing(request: Asked, leads: Leads): void {
  const { name } = request
  const no = () =>
    decline(request, []).then(
      (next) => leads.errand.lead(() => declined(name, next, leads)),
      (why: unknown) => fail(why, leads, () => leads.errand.lead(() => nothing(request, leads))),
    )
  show({
    heading: 'nothing-heading',
    body: [who(request), paragraph('nothing-text')],
    actions: [button('share-no', no, 'danger'), button('done', leads.ways.home, 'secondary')],
    mood: 'bad',
  })
}

/** Where the verifier leads its person next is opened beside the app; on the phone on which it began, in its place. */
function shared(name: string, signsIn: boolean, next: Next, { here, ways }: Leads): void {
  if (next && here) return location.assign(next)
  const on = next && h('a', { class: 'button primary', href: next, target: '_blank', rel: 'noopener' }, word('shared-continue'))
  show({
    heading: signsIn ? 'signed-in-heading' : 'shared-heading',
    values: { name },
    body: [paragraph(next ? 'shared-next' : 'shared-text'), on],
    actions: [button('done', ways.home, on ? 'secondary' : 'primary')],
    mood: 'good',
  })
}

function declined(name: string, next: Next, { here, ways }: Leads): void {
  if (next && here) return location.assign(next)
  show({
    heading: 'declined-heading',
    body: [h('p', {}, word('declined-text', { name }))],
    actions: [button('done', ways.home)],
    mood: 'bad',
  })
}

function notTaken(name: string, { ways }: Leads): void {
  show({
    heading: 'not-taken-heading',
    body: [h('p', {}, word('not-taken-text', { name }))],
    actions: [button('done', ways.home)],
    mood: 'bad',
  })
}
