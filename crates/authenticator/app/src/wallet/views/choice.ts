// What would be shown: each credential with its claims, and a choice where there is one.
import { h } from '../../dom.ts'
import { word } from '../../words.ts'
import type { Chosen } from '../answer.ts'
import { said } from '../display.ts'
import type { Candidate, Option, Wanted } from '../query.ts'
import { lines, moment } from './said.ts'

export interface Choice {
  whole: HTMLElement
  /** What is chosen now, by question. */
  chosen: () => Chosen
}

let names = 0

function pick(kind: 'radio' | 'checkbox', group: string, label: string, checked: boolean, press: (on: boolean) => void): HTMLElement {
  const id = `${group}-${(names += 1)}`
  const input = h('input', { type: kind, id, name: group, checked, change: () => press(input.checked) })
  return h('div', { class: 'pick' }, input, h('label', { for: id }, label))
}

const group = (legend: string, picks: HTMLElement[]) => h('fieldset', {}, h('legend', {}, legend), ...picks)

/** A credential, and what of it is shown. */
function shown({ credential, title, claims }: Candidate): HTMLElement {
  const all = said(credential.look, claims)
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, title),
    h('p', { class: 'hint' }, word('share-issued', { issuer: credential.look.issuerName })),
    h(
      'details',
      {},
      h('summary', {}, word('share-claims', { count: all.length, claims: all.map(({ label }) => label).join(', ') })),
      lines(all),
    ),
  )
}

/** One question: its newest answer, unless another one is chosen. */
function ofQuestion(candidates: Candidate[]): { whole: HTMLElement; chosen: () => Candidate | undefined } {
  let chosen = candidates[0]
  const card = h('div', {}, chosen ? shown(chosen) : null)
  const choose = (candidate: Candidate) => {
    chosen = candidate
    card.replaceChildren(shown(candidate))
  }
  const name = `which-${(names += 1)}`
  const picks = candidates.map((candidate, at) => {
    const { title, credential } = candidate
    const added = moment(credential.addedAt)
    return pick('radio', name, word(at === 0 ? 'share-which-newest' : 'share-which', { title, added }), at === 0, () => choose(candidate))
  })
  return { whole: h('div', {}, candidates.length > 1 ? group(word('share-which-legend'), picks) : null, card), chosen: () => chosen }
}

function ofOption(option: Option): Choice {
  const questions = option.map(({ question, candidates }) => ({ question, ...ofQuestion(candidates) }))
  return {
    whole: h('div', {}, ...questions.map(({ whole }) => whole)),
    chosen: () => new Map(questions.flatMap(({ question, chosen }) => (chosen() ? [[question, chosen() as Candidate] as const] : []))),
  }
}

const titleOf = (option: Option) => option.map(({ candidates }) => candidates[0]?.title ?? '').join(', ')

/** One thing that is wanted: what need not be shown is not, unless its owner says so. */
function ofWanted({ required, options }: Wanted): Choice {
  const choices = options.map(ofOption)
  let chosen: Choice | null = required ? (choices[0] ?? null) : null
  const place = h('div', {}, chosen?.whole)
  const choose = (choice: Choice | null) => {
    chosen = choice
    place.replaceChildren(...(choice ? [choice.whole] : []))
  }
  const [only] = options
  const name = `option-${(names += 1)}`
  let picks: HTMLElement | null = null
  if (options.length > 1) {
    const all = options.map((option, at) => pick('radio', name, titleOf(option), required && at === 0, () => choose(choices[at] ?? null)))
    const none = required ? [] : [pick('radio', name, word('share-none'), true, () => choose(null))]
    picks = group(word('share-option-legend'), [...all, ...none])
  } else if (!required && only) {
    picks = pick('checkbox', name, word('share-optional', { title: titleOf(only) }), false, (on) => choose(on ? (choices[0] ?? null) : null))
  }
  return { whole: h('div', {}, picks, place), chosen: () => chosen?.chosen() ?? new Map() }
}

export function choice(wanted: Wanted[]): Choice {
  const all = wanted.map(ofWanted)
  return {
    whole: h('div', { class: 'cards' }, ...all.map(({ whole }) => whole)),
    chosen: () => new Map(all.flatMap(({ chosen }) => [...chosen()])),
  }
}
