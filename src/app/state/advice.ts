/** What each cause of a failure is called on the page, and what a person can do about it here. Pure. */

export interface Failure {
  code: string;
  message: string;
  /** As the error itself has it: written for every place that Backlit runs in. */
  hint: string;
}

export interface Advice {
  title: string;
  /** What to do; may be empty. */
  todo: string;
}

const MEMORY: Advice = {
  title: "Out of memory",
  todo: "Close other pages, or choose smaller hidden layers or a smaller batch, and train again.",
};

const KNOWN: Readonly<Record<string, Advice>> = {
  "training/diverged": {
    title: "Training diverged",
    todo: "Lower the learning rate, add warm-up steps, or clip the gradient norm: all three are among the options.",
  },
  "gpu/device-lost": {
    title: "The GPU was lost",
    todo: "A driver that restarted, a computer that slept or another program can take it away. Train again; if it happens again, close other pages that use the GPU.",
  },
  "gpu/out-of-memory": {
    title: "Out of GPU memory",
    todo: "Choose smaller hidden layers or a smaller batch, close other pages that use the GPU, and train again.",
  },
  "gpu/limit": {
    title: "Too large for this adapter",
    todo: "Choose smaller hidden layers or a smaller batch. Where this computer itself has several times the memory that is asked for, the CPU engine can train it, too.",
  },
  "download/failed": { title: "The download failed", todo: "" },
  "download/checksum": {
    title: "The download does not verify",
    todo: "What arrived is not the published file, and was thrown away. Something between here and the mirror may have changed it: try again later or over another network, or get the four files elsewhere and choose them as own files.",
  },
  worker: {
    title: "The training worker broke",
    todo: "",
  },
};

const DATA = "The data cannot be used";

/** An empty advice stands for the error's own. */
const FAMILIES: Readonly<Record<string, Advice>> = {
  idx: { title: DATA, todo: "" },
  gzip: { title: DATA, todo: "" },
  data: { title: DATA, todo: "" },
  adapter: {
    title: "There is no such adapter",
    todo: "Choose another adapter among the options, or the CPU engine. After the GPU was lost several times, a browser gives it to no page until it is started again.",
  },
  spec: { title: "The settings do not fit", todo: "" },
};

export function adviceFor({ code, message, hint }: Failure): Advice {
  const known = KNOWN[code] ?? FAMILIES[code.split("/")[0]];
  if (known) return { title: known.title, todo: known.todo || hint };
  if (/allocation failed|out of memory|invalid (typed )?array length/i.test(message)) return MEMORY;
  return { title: "The run could not go on", todo: hint };
}

/** What a warning means for later. @param warning what did not stop the run */
export function adviceForWarning({ code, message, hint }: Failure): string {
  // Its message says already what is done about it.
  if (code === "gpu/device-lost") return "";
  if (code.startsWith("adapter/")) return FAMILIES["adapter"].todo;
  if (code !== "cache/write") return hint;
  return /quota|full/i.test(message)
    ? "This browser’s storage is full. The run goes on; the next one downloads again, unless you free some space."
    : "The run goes on; the next one downloads again.";
}
