// The service worker: the app opens without a network, and a push becomes a notification.
export type {}
declare const self: ServiceWorkerGlobalScope & typeof globalThis
/** What the app consists of, and a name that changes with it; written by the build. */
declare const SHELL: string[]
declare const RELEASE: string
declare const WORDS: { heading: string; app: string }

interface ServiceWorkerGlobalScope extends EventTarget {
  registration: ServiceWorkerRegistration
  clients: {
    claim(): Promise<void>
    matchAll(options: object): Promise<{ url: string; focus(): Promise<unknown>; postMessage(message: unknown): void }[]>
    openWindow(url: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
}
type Extendable = Event & { waitUntil(promise: Promise<unknown>): void }

self.addEventListener('install', (event) => {
  const stored = caches.open(RELEASE).then((cache) => cache.addAll(SHELL))
  ;(event as Extendable).waitUntil(stored.then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== RELEASE).map((name) => caches.delete(name))))
  ;(event as Extendable).waitUntil(old.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request, respondWith } = event as Event & { request: Request; respondWith(answer: Promise<Response>): void }
  const { pathname } = new URL(request.url)
  if (request.method !== 'GET' || !SHELL.includes(pathname)) return
  const fromShell = async () => {
    const cache = await caches.open(RELEASE)
    // A new release is seen at once where there is a network; without one, what was kept is shown.
    if (request.mode !== 'navigate') return (await cache.match(pathname)) ?? fetch(request)
    return fetch(request).catch(async () => (await cache.match(pathname)) ?? Response.error())
  }
  respondWith.call(event, fromShell())
})

self.addEventListener('push', (event) => {
  const { data } = event as Event & { data: { json(): { request?: string; organisation?: string } } | null }
  let said: { request?: string; organisation?: string } = {}
  try {
    said = data?.json() ?? {}
  } catch {
    // Whatever it was, somebody is asked: the app finds out what.
  }
  const shown = self.registration.showNotification(WORDS.heading, {
    body: said.organisation ?? WORDS.app,
    tag: 'request',
    icon: '/authenticator/icon-192.png',
    badge: '/authenticator/icon-192.png',
    requireInteraction: true,
    data: { request: said.request ?? '' },
  })
  ;(event as Extendable).waitUntil(shown)
})

self.addEventListener('notificationclick', (event) => {
  const { notification } = event as Event & { notification: Notification }
  notification.close()
  const opened = self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((windows) => {
    const app = windows.find(({ url }) => new URL(url).pathname === '/authenticator')
    return app ? app.focus() : self.clients.openWindow(`/authenticator#request=${notification.data.request}`)
  })
  ;(event as Extendable).waitUntil(opened)
})
