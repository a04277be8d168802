// How far a job on a card has come, while the program on this computer works. Without this the page loads itself again.
const EVERY = 1000

for (const steps of document.querySelectorAll('[data-card-job]')) {
  follow(steps)
}

function follow(steps) {
  const mark = (progress) => {
    for (const step of steps.children) {
      if (step.dataset.step === progress) step.setAttribute('aria-current', 'step')
      else step.removeAttribute('aria-current')
    }
  }

  const look = async () => {
    try {
      const answer = await fetch(steps.dataset.cardJob, { headers: { accept: 'application/json' } })
      // The page itself says what is wrong; a service that is away for a moment comes back.
      if (answer.status >= 400 && answer.status < 500) return location.reload()
      if (!answer.ok) throw new Error('not now')
      const { state, progress, link } = await answer.json()
      if (state !== steps.dataset.state || (steps.dataset.link && !link)) return location.reload()
      if (state === 'running') mark(progress)
    } catch {
      // The network is away for a moment.
    }
    setTimeout(look, EVERY)
  }

  setTimeout(look, EVERY)
}
