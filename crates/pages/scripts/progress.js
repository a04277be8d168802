// How far a long piece of work has come. Without this the page loads itself again.
const EVERY = 1000

for (const bar of document.querySelectorAll('progress[data-progress]')) {
  follow(bar, document.querySelector('[data-done]'))
}

function follow(bar, words) {
  const look = async () => {
    try {
      const answer = await fetch(bar.dataset.progress, { headers: { accept: 'application/json' } })
      // The page itself says what is wrong; a service that is away for a moment comes back.
      if (answer.status >= 400 && answer.status < 500) return location.reload()
      if (!answer.ok) throw new Error('not now')
      const { done, finished } = await answer.json()
      if (finished) return location.reload()
      bar.value = done
      if (words) words.textContent = done
    } catch {
      // The network is away for a moment.
    }
    setTimeout(look, EVERY)
  }

  setTimeout(look, EVERY)
}
