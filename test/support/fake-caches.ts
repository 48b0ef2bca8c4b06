/** The parts of the Cache API in use, over a map: like a browser's, it stores what it is given as bytes. */
export function fakeCaches(): CacheStorage {
  const caches = new Map<string, Map<string, { body: ArrayBuffer; headers: Headers }>>();
  const open = (name: string) => {
    const entries = caches.get(name) ?? new Map<string, { body: ArrayBuffer; headers: Headers }>();
    caches.set(name, entries);
    return Promise.resolve({
      match: (url: string) => {
        const entry = entries.get(url);
        return Promise.resolve(entry && new Response(entry.body, { headers: entry.headers }));
      },
      put: async (url: string, response: Response) => {
        if (!/^https?:/.test(url)) throw new TypeError("unsupported scheme");
        entries.set(url, { body: await response.arrayBuffer(), headers: response.headers });
      },
      delete: (url: string) => Promise.resolve(entries.delete(url)),
    });
  };
  return { open } as unknown as CacheStorage;
}
