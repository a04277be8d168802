// Listens to what a wallet does with the QR code, shows it, and goes on by itself. A code that has run out is replaced in place.
// Without this script the page loads itself again, or the person presses the button.

const place = document.querySelector('[data-wallet]')
const form = document.getElementById('wallet-continue')
// Where the service does not let this page listen, it is loaded anew after so many milliseconds.
const RELOADS_AFTER = 5000
// A page that nobody looks at any more does not ask for codes for ever.
const MOST_CODES = 12
let codes = 0
let events

function show(state) {
  place.dataset.walletState = state
  // Only what changes is written, so that a screen reader hears it once.
  for (const each of document.querySelectorAll('[data-wallet-words]')) {
    const hide = each.dataset.walletWords !== state
    if (each.hidden !== hide) each.hidden = hide
  }
  const qr = document.querySelector('[data-wallet-qr]')
  if (qr) qr.hidden = state !== 'waiting'
}

function listen() {
  events = new EventSource(place.dataset.wallet)
  events.addEventListener('state', (event) => heard(event.data))
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), RELOADS_AFTER)
  })
}

function heard(state) {
  if (state === 'waiting' || state === 'scanned') return show(state)
  events.close()
  // Where a new code would send a text message, only a person asks for one: then there is no address for it here.
  if (state === 'over' && place.dataset.walletAgain && codes < MOST_CODES) return renew()
  form.submit()
}

// The document that a request parses runs no scripts.
function renew() {
  codes += 1
  const request = new XMLHttpRequest()
  request.responseType = 'document'
  request.open('POST', place.dataset.walletAgain)
  request.onload = () => {
    let renewed = 0
    for (const part of ['[data-wallet-qr]', '[data-wallet-link]']) {
      const old = document.querySelector(part)
      const fresh = request.response?.querySelector(part)
      if (old && fresh) {
        old.replaceWith(document.importNode(fresh, true))
        renewed += 1
      }
    }
    const other = request.response?.querySelector('[data-wallet]')
    if (!renewed || !other) return form.submit()
    for (const name of ['wallet', 'walletAgain']) {
      if (other.dataset[name]) place.dataset[name] = other.dataset[name]
    }
    const forms = request.response.getElementById('wallet-continue')
    if (forms) form.action = forms.action
    show('waiting')
    listen()
  }
  request.onerror = () => form.submit()
  request.send()
}

listen()
