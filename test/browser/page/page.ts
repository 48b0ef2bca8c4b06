/** Runs cases on the page itself, or hands them to a dedicated worker. Puppeteer calls `askCases`. */
import { CaseRunner, type Answer, type Question } from "../../support/gpu-runner.ts";

export type Place = "page" | "worker";

declare global {
  var askCases: ((place: Place, question: Question) => Promise<Answer>) | undefined;
}

const runner = new CaseRunner(navigator.gpu);
let worker: Worker | undefined;

function askWorker(question: Question): Promise<Answer> {
  worker ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const asked = worker;
  return new Promise((resolve, reject) => {
    asked.addEventListener("error", (event) => reject(new Error(`the worker failed: ${event.message}`)));
    asked.addEventListener(
      "message",
      ({ data }: MessageEvent<{ answer?: Answer; error?: string }>) => {
        if (data.answer === undefined) reject(new Error(data.error));
        else resolve(data.answer);
      },
      { once: true },
    );
    asked.postMessage(question, []);
  });
}

globalThis.askCases = (place, question) => (place === "page" ? runner.answer(question) : askWorker(question));
