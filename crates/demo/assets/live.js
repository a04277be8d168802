// Keeps clock and phone up to date without loading them again, and lets the phone's camera see the portal's QR code.
// Everything works without it.

const EVERY = 1000;

/** Takes over what has changed in the parts marked `data-live`, and leaves the focus where it is. */
async function update() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = fresh.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
    part.replaceChildren(...now.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
}

async function keepUpdating() {
  if (document.visibilityState === 'visible') {
    // The demonstration may have been stopped; it may also come back.
    await update().catch(() => {});
  }
  setTimeout(keepUpdating, EVERY);
}
setTimeout(keepUpdating, EVERY);

const scan = document.getElementById('scan');
if (scan && window.parent !== window) {
  const nothing = scan.querySelector('[data-nothing]');
  scan.hidden = false;
  scan.querySelector('button').addEventListener('click', () => {
    const portal = window.parent.document.querySelector('iframe[name="portal"]')?.contentDocument;
    // The QR code says the same as the link beside it.
    const link = portal?.querySelector('a[href^="otpauth:"]');
    if (!link) {
      nothing.textContent = nothing.dataset.nothing;
      return;
    }
    const form = document.querySelector('form.add');
    form.elements.key.value = link.getAttribute('href');
    form.submit();
  });
}
