/** Reads a saved result, strictly: what other code relies on is there and of its kind. What it does not know, it keeps. */
import * as v from "valibot";
import { FileFormatError } from "../core/errors.ts";
import { OPTIMIZERS } from "../core/spec.ts";
import { SUITES, type BenchResult } from "./result.ts";

const finite = v.pipe(v.number("must be a number"), v.finite("must be finite"));
const positive = v.pipe(
  finite,
  v.check((value: number) => value > 0, "must be above 0"),
);
const notNegative = v.pipe(finite, v.minValue(0, "must be at least 0"));
const count = v.pipe(
  v.number("must be a whole number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be at least 0"),
);
const text = v.string("must be a text");
const flag = v.boolean("must be true or false");
const texts = v.array(text);
const orNull = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
/** At least one: medians and ranges are taken of them. */
const rounds = v.pipe(v.array(positive), v.minLength(1, "must not be empty"));

const contender = v.picklist(["backlit", "tfjs", "jax"], "must be one of backlit, tfjs, jax");
const backend = v.picklist(["webgpu", "wasm", "cpu"], "must be one of webgpu, wasm, cpu");
const input = v.picklist(["mnist", "dense"], "must be mnist or dense");
const optimizer = v.picklist(OPTIMIZERS, `must be one of ${OPTIMIZERS.join(", ")}`);
const who = { contender, backend };
const workload = { network: text, batch: count, optimizer, input, trainRows: count };
const product = {
  product: v.picklist(["X.W", "Xt.dZ", "dZ.Wt"], "must be one of X.W, Xt.dZ, dZ.Wt"),
  rows: count,
  inputs: count,
  units: count,
};
const against = { against: contender, backend, ratio: positive };
const range = { lowest: positive, highest: positive };

const adapterSchema = v.looseObject({
  vendor: text,
  architecture: text,
  device: text,
  description: text,
  software: flag,
});
/** What a profile says of a dispatch. */
const dispatch = {
  samples: count,
  ms: notNegative,
  fastest: notNegative,
  slowest: notNegative,
  share: notNegative,
  intensity: notNegative,
  gflops: notNegative,
  gbps: notNegative,
  bound: v.picklist(["arithmetic", "memory"], "must be arithmetic or memory"),
  ofRoofline: notNegative,
};

const base = {
  type: v.literal("result"),
  adapter: adapterSchema,
  environment: v.looseObject({
    runtime: v.picklist(["chrome", "node", "page"], "must be one of chrome, node, page"),
    date: text,
    userAgent: v.optional(text),
    node: v.optional(text),
    platform: v.optional(text),
    logicalCores: v.optional(count),
    crossOriginIsolated: v.optional(flag),
    browser: v.optional(text),
    flags: v.optional(texts),
    limits: v.optional(v.record(text, finite)),
    features: v.optional(texts),
    versions: v.record(text, text),
  }),
  protocol: v.looseObject({
    quick: flag,
    lossSteps: count,
    tolerance: notNegative,
    rounds: count,
    seconds: notNegative,
    patience: notNegative,
    rows: count,
    seed: count,
  }),
  datasets: v.array(v.looseObject({ input, name: text, description: text })),
  skipped: v.array(v.looseObject({ ...v.partial(v.object({ ...who, ...workload })).entries, reason: text })),
  notes: texts,
  seconds: notNegative,
  interrupted: flag,
  command: text,
};

const steps = {
  rows: v.array(
    v.looseObject({
      ...who,
      ...workload,
      msPerStep: positive,
      spread: notNegative,
      stepsPerSecond: positive,
      gflops: notNegative,
      firstStepMs: notNegative,
      lossAgrees: flag,
      lossSteps: count,
      lossWorst: notNegative,
      steps: count,
      rounds,
      notes: texts,
    }),
  ),
  ratios: v.array(v.looseObject({ ...workload, ...against, ...range })),
  references: v.array(v.looseObject({ ...who, ...workload })),
  series: v.optional(
    v.array(
      v.looseObject({
        name: v.picklist(["batch", "width", "depth", "trainRows"]),
        points: v.array(v.looseObject({ size: count, workload: text })),
      }),
    ),
  ),
  cells: v.optional(
    v.array(
      v.looseObject({
        hidden: count,
        batch: count,
        workload: text,
        overPlainLoop: orNull(positive),
        overWasm: orNull(positive),
      }),
    ),
  ),
};

const schema = v.variant(
  "suite",
  [
    ...(["step", "scaling", "crossover"] as const).map((suite) =>
      v.looseObject({ ...base, suite: v.literal(suite), ...steps }),
    ),
    v.looseObject({
      ...base,
      suite: v.literal("matmul"),
      rows: v.array(
        v.looseObject({
          ...who,
          ...product,
          ms: positive,
          spread: notNegative,
          gflops: notNegative,
          agrees: flag,
          rounds,
          notes: texts,
        }),
      ),
      ratios: v.array(v.looseObject({ ...product, ...against, ...range })),
    }),
    v.looseObject({
      ...base,
      suite: v.literal("kernels"),
      rows: v.array(v.looseObject({ ...who, ...workload, dispatch: text, kernels: texts, ...dispatch })),
      ratios: v.array(v.unknown()),
      profiles: v.array(
        v.looseObject({
          adapter: adapterSchema,
          network: v.looseObject({ input: count, layers: v.array(v.looseObject({ units: count })) }),
          training: v.looseObject({ optimizer }),
          rows: count,
          tuning: text,
          clock: v.looseObject({
            method: v.picklist(["timestamps", "wall"], "must be timestamps or wall"),
            quantum: notNegative,
          }),
          roofline: v.looseObject({ gflops: positive, gbps: positive, copyBytes: count }),
          dispatches: v.array(
            v.looseObject({
              name: text,
              jobs: v.array(v.looseObject({ kernel: text, layer: orNull(count) })),
              ...dispatch,
            }),
          ),
          step: v.looseObject({ ms: notNegative, gflops: notNegative, gbps: notNegative }),
        }),
      ),
    }),
    v.looseObject({
      ...base,
      suite: v.literal("accuracy"),
      rows: v.array(
        v.looseObject({
          ...who,
          ...workload,
          reached: v.array(
            v.looseObject({ accuracy: notNegative, seconds: orNull(positive), steps: orNull(count) }),
          ),
          accuracy: notNegative,
          steps: count,
          seconds: notNegative,
          firstStepMs: notNegative,
          notes: texts,
        }),
      ),
      ratios: v.array(v.looseObject({ ...against, accuracy: notNegative })),
    }),
    v.looseObject({
      ...base,
      suite: v.literal("overhead"),
      rows: v.array(
        v.looseObject({
          contender: v.literal("backlit"),
          backend: v.literal("webgpu"),
          dispatches: count,
          usPerSubmit: positive,
          usPerDispatch: positive,
          spread: notNegative,
          rounds,
        }),
      ),
      ratios: v.array(v.unknown()),
    }),
  ],
  `must be one of ${SUITES.join(", ")}`,
);

/**
 * @param contents of a file that `bench --out` wrote, or the lines of `bench --json`, whose last one is the result
 * @param name of the file, for messages
 * @throws FileFormatError `bench/json` or `bench/result`
 */
export function readBenchResult(contents: string, name: string): BenchResult {
  const result = v.safeParse(schema, parse(contents, name));
  if (result.success) return result.output as BenchResult;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  const problem = issue.message.startsWith("must") ? issue.message : `must be ${issue.expected ?? "valid"}`;
  const received = issue.received === "undefined" ? "missing" : issue.received;
  throw new FileFormatError(
    "bench/result",
    `${name} is not the result of a benchmark: ${path ?? "it"} ${problem}, but is ${received}`,
    { hint: "Give a file that `backlit bench --out FILE` wrote." },
  );
}

function parse(contents: string, name: string): unknown {
  try {
    return JSON.parse(contents);
  } catch (error) {
    const last = contents.trimEnd().split("\n").at(-1) ?? "";
    try {
      return JSON.parse(last);
    } catch {
      throw new FileFormatError("bench/json", `${name} is not JSON: ${(error as Error).message}`, {
        hint: "Give a file that `backlit bench --out FILE` wrote.",
        cause: error,
      });
    }
  }
}
