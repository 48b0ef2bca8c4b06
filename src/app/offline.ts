/** Lets the page work without a network from the next visit on, where the browser allows it. */

/** Called when the page has nothing more urgent to load. Without it everything works as well, but only with a network. */
export async function keepForOffline(): Promise<void> {
  try {
    // Undefined outside secure contexts and in some private windows.
    await (navigator.serviceWorker as ServiceWorkerContainer | undefined)?.register("./service-worker.js");
  } catch {
    // Forbidden by the browser, or no build: the development server has no such file.
  }
}
