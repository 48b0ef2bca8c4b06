/**
 * Isolates the page from other origins where its host does not: by a service worker that adds the headers, and one reload.
 * Without it everything works as well, but wasm backends have one thread.
 */
const TRIED = "backlit-isolation-tried";
/** Milliseconds that a service worker may take to start. */
const PATIENCE = 4000;

/** @returns whether the page is about to be loaded again */
export async function isolate(): Promise<boolean> {
  if (globalThis.crossOriginIsolated || !("serviceWorker" in navigator)) return false;
  try {
    // Once is enough: where it has not helped, it will not.
    if (sessionStorage.getItem(TRIED) !== null) return false;
    sessionStorage.setItem(TRIED, "yes");
    const registration = await navigator.serviceWorker.register("./isolation.js");
    const isReady = await Promise.race([activated(registration), wait(PATIENCE)]);
    if (!isReady) return false;
    location.reload();
    return true;
  } catch {
    // Service workers or storage may be forbidden.
    return false;
  }
}

function activated({ installing, waiting, active }: ServiceWorkerRegistration): Promise<boolean> {
  const worker = installing ?? waiting ?? active;
  return new Promise((resolve) => {
    const look = (): void => {
      if (worker?.state === "activated") resolve(true);
      if (worker === null || worker.state === "redundant") resolve(false);
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

async function wait(milliseconds: number): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return false;
}
