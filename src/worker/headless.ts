/** The page that the command opens in a headless Chrome: starts the job's worker and reports when it cannot. */
const token = new URLSearchParams(location.search).get("token") ?? "";
const worker = new Worker(new URL("./headless-worker.ts", import.meta.url), { type: "module" });

worker.addEventListener("error", (event) => {
  const message = event.message || "the worker could not be started";
  void fetch(`/${token}/broken`, { method: "POST", body: message });
});
worker.postMessage(token, []);
