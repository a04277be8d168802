// What went wrong, in plain words, and what to do next.
import { button, h, paragraph, show } from '../../dom.ts'
import { Unreachable } from '../../service.ts'
import { word, type Key } from '../../words.ts'
import { Elsewhere } from '../line.ts'

/** `over`: the words for what was used already, or has expired. `again`: for what passes by itself. */
export function failed(why: unknown, over: [Key, Key], done: () => unknown, again: () => unknown): void {
  const [heading, text] = why === 'over' ? over : words(why)
  const may = why instanceof Unreachable || heading === 'wallet-failed-heading'
  show({
    heading,
    body: [why instanceof Elsewhere ? h('p', {}, word(text, { origin: why.origin })) : paragraph(text)],
    actions: [may ? button('try-again', again) : null, button('done', done, may ? 'secondary' : 'primary')],
    mood: 'bad',
  })
}

function words(why: unknown): [Key, Key] {
  if (why instanceof Unreachable) return ['wallet-unreachable-heading', 'wallet-unreachable']
  if (why instanceof Elsewhere) return ['wallet-elsewhere-heading', 'wallet-elsewhere']
  if (why === 'malformed') return ['wallet-malformed-heading', 'wallet-malformed']
  if (why === 'unsupported') return ['wallet-unsupported-heading', 'wallet-unsupported']
  return ['wallet-failed-heading', 'wallet-failed']
}
