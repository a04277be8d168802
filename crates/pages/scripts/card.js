// Signs in with a smartcard where the browser has the extension that reaches it. Without this script, or without the extension, the
// page says what is missing.

const part = (name) => document.querySelector(`[data-card-part="${name}"]`)

/** What the page says for each reason of the agent's; whatever it does not know is a failure. */
const SAME_WORDS = { 'foreign-origin': 'not-set-up', 'no-window': 'not-set-up' }

/** `left` is how many tries the passcode has left, where the agent says so. */
function say(why, left) {
  const sentences = [...document.querySelectorAll('[data-card-why]')]
  const named = (name) => sentences.find((each) => each.dataset.cardWhy === name)
  const shown = why && (named(SAME_WORDS[why] ?? why) ?? named('failed'))
  for (const each of sentences) each.hidden = each !== shown
  const count = document.querySelector('[data-card-count]')
  count.textContent = Number.isInteger(left) ? left : ''
  for (const each of document.querySelectorAll('[data-card-left]')) {
    each.hidden = !(left > 0 && each.dataset.cardLeft === (left === 1 ? 'one' : 'some'))
  }
}

/** Asks the extension; nothing where the browser has none, or does not let this page speak to it. */
function ask(extension, message) {
  return new Promise((resolve) => {
    const runtime = window.chrome?.runtime
    if (!runtime?.sendMessage) {
      resolve(undefined)
      return
    }
    runtime.sendMessage(extension, message, (answer) => resolve(runtime.lastError ? undefined : answer))
  })
}

async function press(form) {
  const button = part('button')
  say(null)
  button.disabled = true
  part('busy').hidden = false
  try {
    const question = await fetch(form.dataset.cardQuestion, { method: 'POST', headers: { accept: 'application/json' } })
    if (!question.ok) throw new Error(`no question: ${question.status}`)
    const { nonce } = await question.json()
    const answer = await ask(form.dataset.cardExtension, { do: 'sign-in', nonce })
    if (answer?.token) {
      form.elements.nonce.value = nonce
      form.elements.token.value = JSON.stringify(answer.token)
      form.submit()
      return
    }
    say(answer?.refused ?? 'failed', answer?.left)
  } catch {
    say('failed')
  }
  button.disabled = false
  part('busy').hidden = true
}

const form = document.querySelector('form[data-card]')
if (form && (await ask(form.dataset.cardExtension, { do: 'hello' }))) {
  part('able').hidden = false
  part('unable').hidden = true
  part('button').addEventListener('click', () => press(form))
}
