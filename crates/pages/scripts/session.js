// Warns shortly before the session ends, and lets the person stay. Another tab may have used the session meanwhile, so the
// server is asked how much is left before anybody is alarmed; asking is no use of the session.
const dialog = document.getElementById('session-end')
const left = document.getElementById('session-end-left')
const spoken = document.getElementById('session-end-spoken')
const warnAt = Number(dialog.dataset.warnSeconds)

let endsAt = Date.now() + Number(dialog.dataset.secondsLeft) * 1000
let lastSpoken = Infinity
let asking = false

function secondsLeft() {
  return Math.max(0, Math.ceil((endsAt - Date.now()) / 1000))
}

function inWords(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

// How many seconds are left as the server has it; none where the session has ended.
async function ask(url, options) {
  const response = await fetch(url, { ...options, headers: { accept: 'text/plain' } })
  if (!response.ok) throw new Error(`status ${response.status}`)
  return Number(await response.text())
}

async function look() {
  if (asking || secondsLeft() > warnAt) return
  if (!dialog.open || secondsLeft() === 0) {
    asking = true
    try {
      endsAt = Date.now() + (await ask(dialog.dataset.left)) * 1000
    } catch {
      // Without a network nothing is known; the next look asks again.
      return
    } finally {
      asking = false
    }
    if (secondsLeft() === 0) {
      location.assign(dialog.dataset.over)
      return
    }
    if (secondsLeft() > warnAt) {
      dialog.close()
      return
    }
    if (!dialog.open) dialog.showModal()
  }
  left.textContent = inWords(secondsLeft())
  // A screen reader hears it at the start and then every half minute, not every second.
  if (lastSpoken - secondsLeft() >= 30) {
    lastSpoken = secondsLeft()
    spoken.textContent = left.textContent
  }
}

document.getElementById('session-end-stay').addEventListener('submit', async (event) => {
  event.preventDefault()
  try {
    endsAt = Date.now() + (await ask(event.target.action, { method: 'POST' })) * 1000
  } catch {
    return
  }
  if (secondsLeft() === 0) {
    location.assign(dialog.dataset.over)
    return
  }
  lastSpoken = Infinity
  dialog.close()
})

setInterval(look, 1000)
document.addEventListener('visibilitychange', look)
