// What saves a click on the page with portal and phone. Everything works without it.

const portal = document.querySelector('iframe[name="portal"]');
const phone = document.querySelector('iframe[name="phone"]');
const scan = document.getElementById('scan');
const job = document.getElementById('job');

/** The phone and the card reader beside the portal are this device's. */
function watchPortal() {
  portal.contentDocument?.addEventListener('click', (event) => {
    const card = event.target.closest?.('a[href^="fobwatch-card:"]');
    if (card) {
      event.preventDefault();
      return work(card.getAttribute('href'));
    }
    // "Add the account to the app on this device"
    const link = event.target.closest?.('a[href^="otpauth:"], a[href*="/authenticator#enrol="]');
    // "Open the wallet app on this device"
    const wallet = event.target.closest?.('a[href^="openid"], a[href*="/authenticator#wallet="]');
    if (!link && !wallet) return;
    event.preventDefault();
    if (wallet) {
      const said = new URLSearchParams(wallet.hash.slice(1)).get('wallet') ?? wallet.getAttribute('href');
      return openApp(`#scanned=${encodeURIComponent(said)}`);
    }
    if (link.hash.startsWith('#enrol=')) return openApp(link.hash);
    scan.elements.key.value = link.getAttribute('href');
    scan.submit();
    scan.elements.key.value = '';
    showPhone();
  });
}

/** The authenticator on the phone opens the address that the QR code holds. */
function openApp(hash) {
  const follow = () => {
    const app = phone.contentDocument?.querySelector('iframe[name="app"]');
    if (app) app.contentWindow.location.href = `/authenticator${hash}`;
    return Boolean(app);
  };
  if (!follow()) {
    phone.addEventListener('load', follow, { once: true });
    // It stays the phone of the same person.
    phone.src = `/demo/phone/app${phone.contentWindow.location.search}`;
  }
  showPhone();
}

/** What the wallet leads to next opens in the portal: there it began. */
function watchApp() {
  const app = phone.contentDocument?.querySelector('iframe[name="app"]');
  const watch = () => app.contentDocument?.addEventListener('click', leadOn);
  app?.addEventListener('load', watch);
  if (app) watch();
}

function leadOn(event) {
  const link = event.target.closest?.('a[target="_blank"]');
  if (!link || link.pathname.startsWith('/authenticator')) return;
  event.preventDefault();
  portal.src = link.href;
  show('portal');
}

/** The link that starts the program on a workstation starts the one on the screen. */
function work(link) {
  job.elements.link.value = link;
  job.submit();
  job.elements.link.value = '';
  show('reader');
}

function showPhone() {
  show('phone');
}

function show(part) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(part).scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'nearest' });
}

portal.addEventListener('load', watchPortal);
watchPortal();
phone.addEventListener('load', watchApp);
watchApp();
for (const link of document.querySelectorAll('a[data-phone]')) link.addEventListener('click', showPhone);
