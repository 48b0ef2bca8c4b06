/**
 * Lets the event loop handle what waits: a message, a signal, a frame. Not by `setTimeout`, which browsers stretch to
 * 4 ms when repeated and to a second in hidden pages.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}
