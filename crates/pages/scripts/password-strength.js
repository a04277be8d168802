// How strong a new password is, while it is typed. The server judges and finds the words; without this it says the same when
// the form is sent.
const PAUSE = 400

for (const meter of document.querySelectorAll('[data-strength-of]')) {
  follow(meter)
}

function follow(meter) {
  const field = document.getElementById(meter.dataset.strengthOf)
  const words = meter.querySelector('.fw-strength__words')
  if (!field?.form || !words) return
  const names = meter.dataset.nameFields.split(' ').map((name) => field.form.elements.namedItem(name)).filter(Boolean)
  let waiting
  let asking

  const say = (score, text) => {
    meter.dataset.score = score
    if (words.textContent !== text) words.textContent = text
  }

  const ask = async () => {
    asking?.abort()
    if (!field.value) return say('', '')
    asking = new AbortController()
    const { signal } = asking
    const body = new URLSearchParams({
      password: field.value,
      organisation: meter.dataset.organisation,
      names: names.map((name) => name.value).join('\n')
    })
    try {
      const answer = await fetch(meter.dataset.action, { method: 'POST', body, signal, credentials: 'omit' })
      const { score, text } = answer.ok ? await answer.json() : { score: '', text: '' }
      say(score, text)
    } catch {
      if (!signal.aborted) say('', '')
    }
  }

  const askSoon = () => {
    clearTimeout(waiting)
    waiting = setTimeout(ask, PAUSE)
  }

  field.addEventListener('input', askSoon)
  for (const name of names) name.addEventListener('change', askSoon)
  field.form.addEventListener('submit', () => {
    clearTimeout(waiting)
    asking?.abort()
  })
  meter.hidden = false
}
