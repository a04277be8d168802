// What a view is made of. Nothing here takes HTML: text is text.
import { word, type Key } from './words.ts'

type Child = Node | string | null | undefined | false
type Properties = Record<string, string | boolean | ((event: Event) => void) | null | undefined>

/** An element. A property that is a function listens to the event of its name. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (typeof value === 'string') element.setAttribute(name, value)
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)))
  return element
}

export const paragraph = (key: Key, values?: Record<string, string | number>) => h('p', {}, word(key, values))

export function button(key: Key, press: () => unknown, kind: 'primary' | 'secondary' | 'plain' | 'danger' = 'primary') {
  return h('button', { type: 'button', class: `button ${kind}`, click: () => void press() }, word(key))
}

/** A field with its label, and its error where there is one. */
export function field(
  id: string,
  label: Key,
  hint: Key | null,
  properties: Properties = {},
): { whole: HTMLElement; input: HTMLInputElement; wrong(message: string): void } {
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true })
  const described = [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' ')
  const input = h('input', { id, name: id, 'aria-describedby': described, autocomplete: 'off', ...properties })
  const whole = h(
    'div',
    { class: 'field' },
    h('label', { for: id }, word(label)),
    hint && h('p', { class: 'hint', id: `${id}-hint` }, word(hint)),
    error,
    input,
  )
  const wrong = (message: string) => {
    error.textContent = message
    error.hidden = false
    input.setAttribute('aria-invalid', 'true')
    input.focus()
    input.select()
  }
  return { whole, input, wrong }
}

export interface View {
  heading: Key
  /** What stands in the heading's braces. */
  values?: Record<string, string | number>
  body: Child[]
  /** At the bottom, where a thumb reaches: the first one is the main one. */
  actions?: Child[]
  back?: (() => unknown) | undefined
  /** Two answers of the same weight stand side by side. */
  pair?: boolean
  mood?: 'good' | 'bad'
  /** A form is sent by *Enter* on the keyboard, too. */
  submit?: () => unknown
}

let leave: (() => void) | undefined

/** Shows a view in the place of the one before, whose clocks stop and camera ends, and moves the focus to its heading. */
export function show(view: View, leaving?: () => void): void {
  leave?.()
  leave = leaving
  const heading = h('h1', { tabindex: '-1' }, word(view.heading, view.values))
  const main = h('main', { class: view.mood ?? '' }, heading, ...view.body)
  const actions = view.actions?.length ? h('div', { class: view.pair ? 'actions pair' : 'actions' }, ...view.actions) : null
  const content = view.submit
    ? h(
        'form',
        {
          novalidate: true,
          submit: (event) => {
            event.preventDefault()
            void view.submit?.()
          },
        },
        main,
        actions,
      )
    : h('div', { class: 'content' }, main, actions)
  const back = view.back && h('button', { type: 'button', class: 'back', click: () => void view.back?.() }, word('back'))
  const bar = h('header', {}, back, h('span', {}, word('app')))
  document.getElementById('app')?.replaceChildren(bar, content)
  document.title = word('title', { heading: word(view.heading, view.values) })
  window.scrollTo(0, 0)
  heading.focus()
}

/** A line of a description list. */
export function row(key: Key, value: string | null): HTMLElement {
  return h('div', {}, h('dt', {}, word(key)), h('dd', {}, value || word('request-unknown')))
}

/** A button that sends the form that it stands in. */
export const submit = (key: Key) => h('button', { type: 'submit', class: 'button primary' }, word(key))

/** Says something to a screen reader that is seen anyway. */
export function live(properties: Properties = {}): HTMLElement {
  return h('p', { role: 'status', 'aria-live': 'polite', ...properties })
}
