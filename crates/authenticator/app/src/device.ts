// What this phone is called where its owner sees a list of phones.
import { word } from './words.ts'

const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/Linux/, 'Linux'],
]
const BROWSERS: [RegExp, string][] = [
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Edg(A|iOS)?\//, 'Edge'],
  [/(Firefox|FxiOS)\//, 'Firefox'],
  [/(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

const first = (table: [RegExp, string][], otherwise: string) =>
  table.find(([sign]) => sign.test(navigator.userAgent))?.[1] ?? otherwise

export const deviceName = () =>
  word('device-name', {
    browser: first(BROWSERS, word('device-browser')),
    system: first(SYSTEMS, word('device-system')),
  })
