/** The held model as the files of a run directory, as the command line would have written them. */
import { builtWith } from "../../bench/versions.ts";
import type { JobEvent } from "../../worker/job.ts";
import { isLogged, runConfig } from "../../worker/run-directory/log.ts";
import { reportHtml } from "../../worker/run-directory/report.ts";
import type { HeldModel, RunRecord } from "../state/model.ts";
import { textFile, type RunFiles } from "./run-archive.ts";

export function runFiles({ bytes, checkpoint, run }: HeldModel): RunFiles {
  return {
    ...(run && recordFiles(run)),
    "model.safetensors": bytes,
    ...(checkpoint && { "checkpoint.safetensors": checkpoint }),
  };
}

function recordFiles(run: RunRecord): RunFiles {
  if ("files" in run) return run.files;
  const { events } = run;
  const start = last(events, "start");
  if (!start) return {};
  const version = builtWith["backlit"] ?? "";
  const failure = last(events, "error");
  const lines = events.filter(isLogged).map((event) => `${JSON.stringify(event)}\n`);
  const config = runConfig(start, { version, dataDir: null, runtime: "page" });
  const report = reportHtml({
    version,
    start,
    done: last(events, "done"),
    ...(failure && { failure }),
    evaluation: last(events, "evaluation"),
    epochs: events.filter((event) => event.type === "epoch"),
    steps: events.filter((event) => event.type === "step"),
    runtime: "page",
    imageUrl,
  });
  return {
    "config.json": textFile(`${JSON.stringify(config, undefined, 2)}\n`),
    "events.jsonl": textFile(lines.join("")),
    "report.html": textFile(report),
  };
}

function last<T extends JobEvent["type"]>(
  events: readonly JobEvent[],
  type: T,
): Extract<JobEvent, { type: T }> | undefined {
  return events.findLast((event): event is Extract<JobEvent, { type: T }> => event.type === type);
}

function imageUrl(width: number, height: number, pixels: Uint8Array): string {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  pixels.forEach((byte, i) => image.data.set([byte, byte, byte, 255], 4 * i));
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
