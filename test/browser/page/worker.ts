/** The same cases in a dedicated worker: one question, one answer. */
import { CaseRunner, type Question } from "../../support/gpu-runner.ts";

const runner = new CaseRunner(navigator.gpu);

self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  runner.answer(data).then(
    (answer) => self.postMessage({ answer }, []),
    (error: unknown) => self.postMessage({ error: error instanceof Error ? error.stack : String(error) }, []),
  );
});
