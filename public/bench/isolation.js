/*
 * The service worker of the benchmark page. Shared memory, and with it threads in WebAssembly, is only given to pages that
 * isolate themselves from other origins, which takes two headers. A static host does not send them, so this adds them to
 * what comes from this site. Its scope is this folder: no other page is touched.
 */
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOwn = new URL(request.url).origin === self.location.origin;
  // Such a request can only be answered by the browser's cache.
  const isCacheOnly = request.cache === "only-if-cached" && request.mode !== "same-origin";
  if (isOwn && !isCacheOnly) event.respondWith(fetch(request).then(isolated));
});

/** The same response with both headers. */
function isolated(response) {
  if (response.status === 0 || response.type === "opaqueredirect") return response;
  const headers = new Headers(response.headers);
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  const { body, status, statusText } = response;
  return new Response(body, { headers, status, statusText });
}
