// Looks how a question on another device stands, and goes on by itself when it was answered. Without this script the person
// presses the button.

const LOOK_EVERY_MS = 1500
const status = document.querySelector('[data-waiting]')
const form = document.getElementById(status.dataset.waitingForm)

function say(progress) {
  const words = [...status.querySelectorAll('[data-waiting-progress]')]
  const known = words.some((each) => each.dataset.waitingProgress === progress)
  // Only what changes is written, so that a screen reader hears it once.
  for (const each of words) {
    const hide = each.dataset.waitingProgress !== (known ? progress : '')
    if (each.hidden !== hide) each.hidden = hide
  }
}

async function look() {
  try {
    const answer = await fetch(status.dataset.waiting, { headers: { accept: 'application/json' }, redirect: 'error' })
    // The page of the button says what is wrong.
    if (!answer.ok) return form.submit()
    const { state, progress } = await answer.json()
    if (state !== 'waiting') return form.submit()
    say(progress ?? '')
  } catch {
    // Without a network nothing is known; the next look asks again.
  }
  setTimeout(look, LOOK_EVERY_MS)
}

setTimeout(look, LOOK_EVERY_MS)
