// Every word that the app shows, by its key. Another language is another file.
import en from '../words/en.json'

export type Key = keyof typeof en

export function word(key: Key, values: Record<string, string | number> = {}): string {
  return Object.entries(values).reduce<string>((text, [name, value]) => text.replaceAll(`{${name}}`, String(value)), en[key])
}

/** The time of day of a moment in seconds, as the phone tells it. */
export function clockTime(seconds: number): string {
  return new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true }).format(seconds * 1000)
}
