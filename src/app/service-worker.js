/*
 * Keeps the page for visits without a network. The build puts two constants before this text (see vite.config.ts): VERSION,
 * which changes with any file, and FILES, everything the page can load except the benchmark, which is a document of its own.
 *
 * The page itself is asked for on the network first, so that a new version is seen at once; its files have their contents
 * in their names and come from here. A page that is open keeps the worker, and the files, that it was opened with.
 */
/* global VERSION, FILES */
const PREFIX = "backlit-page-";
const CACHE = PREFIX + VERSION;
const PAGE = "./index.html";

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET" || !url.startsWith(self.registration.scope)) return;
  event.respondWith(mode === "navigate" ? page(event.request) : file(event.request));
});

async function keepFiles() {
  const cache = await caches.open(CACHE);
  // Past what the browser may still have of an older version.
  await cache.addAll(FILES.map((name) => new Request(name, { cache: "reload" })));
}

/** What downloads and tuning keep is in other caches, and stays. */
async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
  // The page that is open now was loaded without this worker; from here on it can do without a network, too.
  await self.clients.claim();
}

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const path = new URL(request.url).pathname;
    const { pathname: home } = new URL(self.registration.scope);
    const isPage = path === home || path === `${home}index.html`;
    const kept = isPage ? await fromCache(PAGE) : undefined;
    if (kept) return kept;
    throw error;
  }
}

async function file(request) {
  return (await fromCache(request)) ?? fetch(request);
}

async function fromCache(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request, { ignoreSearch: true });
}
