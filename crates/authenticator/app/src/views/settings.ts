// Settings: the lock, notifications, taking accounts out, codes of other services, and what the app can see.
import { button, field, h, paragraph, show, submit } from '../dom.ts'
import { importCode } from '../codes.ts'
import { accounts, codes, forgetAccount, forgetCode, type Account } from '../kept.ts'
import { Refused, leave } from '../service.ts'
import { word } from '../words.ts'
import { notify } from './add.ts'
import { chooseLock } from './lock.ts'

interface Ways {
  home: () => unknown
  /** An account is not on this phone any more. */
  removed: (account: Account) => unknown
}

const entry = (text: string, press: () => unknown) =>
  h('li', {}, h('button', { type: 'button', class: 'entry', click: () => void press() }, text))

export async function settings(ways: Ways): Promise<void> {
  const here = () => settings(ways)
  const [ours, theirs] = [await accounts(), await codes()]
  const first = ours[0]
  show({
    heading: 'settings-heading',
    body: [
      h(
        'ul',
        { class: 'entries' },
        entry(word('settings-lock'), () => chooseLock(here, here)),
        first ? entry(word('settings-push'), () => notify(first, here)) : null,
        entry(word('settings-import'), () => importing(here)),
        entry(word('settings-about'), () => about(here)),
      ),
      h('h2', {}, word('settings-accounts')),
      h(
        'ul',
        { class: 'entries' },
        ...ours.map((account) =>
          entry(word('settings-remove', { name: `${account.organisation}, ${account.user}` }), () => removing(account, ways)),
        ),
        ...theirs.map(({ id, issuer, label }) =>
          entry(word('settings-remove', { name: [issuer, label].filter(Boolean).join(', ') }), () =>
            show({
              heading: 'remove-heading',
              body: [paragraph('remove-code-text', { user: label, organisation: issuer })],
              actions: [
                button('remove-yes', () => forgetCode(id).then(here), 'danger'),
                button('cancel', here, 'secondary'),
              ],
            }),
          ),
        ),
      ),
    ],
    back: ways.home,
  })
}

function removing(account: Account, ways: Ways): void {
  const { user, organisation } = account
  const problem = h('p', { class: 'error', role: 'alert', hidden: true }, word('remove-offline'))
  const remove = async () => {
    problem.hidden = true
    try {
      await leave(account)
    } catch (why) {
      // The service does not know the phone: there is nothing to tell it.
      if (!(why instanceof Refused && why.code === 'unknown-device')) {
        problem.hidden = false
        return
      }
    }
    await forgetAccount(account.device)
    ways.removed(account)
    ways.home()
  }
  show({
    heading: 'remove-heading',
    body: [paragraph('remove-text', { user, organisation }), problem],
    actions: [button('remove-yes', remove, 'danger'), button('cancel', () => settings(ways), 'secondary')],
  })
}

function importing(back: () => unknown): void {
  const address = field('address', 'import-label', null, { type: 'text', autocapitalize: 'none', spellcheck: 'false' })
  show({
    heading: 'import-heading',
    body: [paragraph('import-text'), address.whole],
    actions: [submit('import-save')],
    submit: async () => ((await importCode(address.input.value)) ? back() : address.wrong(word('import-malformed'))),
    back,
  })
}

export function about(back: () => unknown): void {
  show({
    heading: 'about-heading',
    body: [
      h(
        'ul',
        { class: 'list' },
        ...(['about-1', 'about-2', 'about-3', 'about-4'] as const).map((key) => h('li', {}, word(key))),
      ),
      paragraph('about-phone'),
      h('p', {}, h('a', { href: '/authenticator/licences.txt', target: '_blank', rel: 'noopener' }, word('about-licences'))),
    ],
    actions: [button('done', back)],
    back,
  })
}
