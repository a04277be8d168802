// Asks the browser for a passkey where a page has a form for it. Without this script, or in a browser that knows no passkeys,
// the form stays hidden and everything goes by password and code.

// A question is good for five minutes; one that waits in the field for the user name is asked anew before.
const RENEW_MS = 4 * 60 * 1000
const MESSAGES = { NotAllowedError: 'refused', InvalidStateError: 'known' }

// The passkeys offered in the field for the user name: they give way when the button is pressed.
let inField = null

const part = (root, name) => root.querySelector(`[data-passkey-part="${name}"]`)
const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** The question, as `navigator.credentials` wants it. */
async function question(form) {
  const answer = await fetch(form.dataset.passkeyQuestion, { method: 'POST', headers: { accept: 'application/json' } })
  if (!answer.ok) throw new Error(`no question: ${answer.status}`)
  const options = await answer.json()
  options.challenge = bytes(options.challenge)
  if (options.user) options.user.id = bytes(options.user.id)
  for (const passkey of [...(options.allowCredentials ?? []), ...(options.excludeCredentials ?? [])]) {
    passkey.id = bytes(passkey.id)
  }
  return options
}

/** Sends what the browser answered; the page that comes back says whether it was right. */
function send(form, credential) {
  const { response } = credential
  const answer = { clientDataJSON: text(response.clientDataJSON) }
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject)
    answer.transports = response.getTransports?.() ?? []
  } else {
    answer.authenticatorData = text(response.authenticatorData)
    answer.signature = text(response.signature)
    if (response.userHandle) answer.userHandle = text(response.userHandle)
  }
  form.elements.credential.value = JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: {}
  })
  form.submit()
}

function say(form, message) {
  for (const each of form.querySelectorAll('[role="alert"] > p')) {
    each.hidden = each.dataset.passkeyPart !== message
  }
}

async function press(form) {
  inField?.abort()
  say(form, null)
  try {
    const publicKey = await question(form)
    const making = form.dataset.passkey === 'make'
    send(form, await (making ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey })))
  } catch (why) {
    say(form, MESSAGES[why.name] ?? 'failed')
    if ('passkeyAutofill' in form.dataset) offerInField(form)
  }
}

async function offerInField(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return
  const offer = new AbortController()
  inField = offer
  const renew = setTimeout(() => {
    offer.abort()
    if (!document.hidden) offerInField(form)
    else document.addEventListener('visibilitychange', () => offerInField(form), { once: true })
  }, RENEW_MS)
  try {
    const publicKey = await question(form)
    if (offer.signal.aborted) return
    send(form, await navigator.credentials.get({ publicKey, mediation: 'conditional', signal: offer.signal }))
  } catch {
    // Nobody chose one: the button and the password are still there.
  } finally {
    clearTimeout(renew)
  }
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    part(form, 'able').hidden = false
    part(form, 'otherwise')?.removeAttribute('hidden')
    part(form, 'button').addEventListener('click', () => press(form))
    if ('passkeyAutofill' in form.dataset) offerInField(form)
  }
  for (const unable of document.querySelectorAll('[data-passkey-part="unable"]')) unable.hidden = true
}
