// What a credential says, claim by claim: days as days, pictures as pictures.
import { h } from '../../dom.ts'
import { word } from '../../words.ts'
import type { Said } from '../display.ts'

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/
const PICTURE = /^data:(image\/(?:jpeg|png));base64,([A-Za-z0-9+/]+=*)$/
const WIDEST = 240

export const day = (ms: number) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(ms)
export const moment = (ms: number) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(ms)

function words(value: unknown): string {
  if (typeof value === 'boolean') return word(value ? 'said-yes' : 'said-no')
  if (Array.isArray(value)) return value.map(words).join(', ')
  if (typeof value === 'object' && value !== null) return Object.values(value).map(words).join(', ')
  const text = String(value)
  const [, year, month, date] = DAY.exec(text) ?? []
  // At noon it is the same day everywhere that matters.
  return year ? day(new Date(Number(year), Number(month) - 1, Number(date), 12).getTime()) : text
}

/** The page's policy shows pictures of the service alone, so one that lies in a credential is painted. */
function picture(label: string, kind: string, base64: string): HTMLElement {
  const canvas = h('canvas', { class: 'picture', role: 'img', 'aria-label': label, width: '1', height: '1' })
  const paint = async () => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: kind }))
    const scale = Math.min(1, WIDEST / image.width)
    canvas.width = image.width * scale
    canvas.height = image.height * scale
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    image.close()
  }
  paint().catch(() => canvas.replaceWith(word('said-no-picture')))
  return canvas
}

function content(label: string, value: unknown): Node | string {
  const [, kind, base64] = (typeof value === 'string' && PICTURE.exec(value)) || []
  return kind && base64 ? picture(label, kind, base64) : words(value)
}

export const lines = (said: Said[]) =>
  h('dl', { class: 'said' }, ...said.map(({ label, value }) => h('div', {}, h('dt', {}, label), h('dd', {}, content(label, value)))))
