// What saves a click on the page with portal and phone. Everything works without it.

const portal = document.querySelector('iframe[name="portal"]');
const scan = document.getElementById('scan');

/** "Add the account to the app on this device": the phone beside the portal is this device. */
function watchPortal() {
  portal.contentDocument?.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href^="otpauth:"]');
    if (!link) return;
    event.preventDefault();
    scan.elements.key.value = link.getAttribute('href');
    scan.submit();
    scan.elements.key.value = '';
    showPhone();
  });
}

function showPhone() {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById('phone').scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'nearest' });
}

portal.addEventListener('load', watchPortal);
watchPortal();
for (const link of document.querySelectorAll('a[data-phone]')) link.addEventListener('click', showPhone);
