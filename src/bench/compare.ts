/** Two results side by side, of two machines or two commits: what both measured, what one has alone, what else differs. */
import type { AdapterSummary } from "../core/engine.ts";
import { BacklitError, EXIT } from "../core/errors.ts";
import { adapterName } from "../gpu/device.ts";
import { measurementsOf, type Measurement } from "./measurements.ts";
import type { BackendName, BenchResult, ContenderName, Environment } from "./result.ts";

export interface ComparedSide {
  /** The file's name. */
  name: string;
  suite: BenchResult["suite"];
  adapter: AdapterSummary;
  environment: Environment;
  /** Measured with `--quick`: not to be quoted. */
  quick: boolean;
  seconds: number;
  interrupted: boolean;
  command: string;
}

export interface ComparedRow extends Pick<Measurement, "what" | "contender" | "backend" | "unit"> {
  a: number;
  b: number;
  /** b over a: below 1, the second is faster. */
  ratio: number;
  /** From the rounds: the fastest of b over the slowest of a, and the other way round; missing without rounds. */
  lowest?: number;
  highest?: number;
  /** Not ranked in one of the results, whose losses or sums differ there. */
  unranked: boolean;
}

export interface Comparison {
  type: "result";
  kind: "comparison";
  suite: BenchResult["suite"];
  a: ComparedSide;
  b: ComparedSide;
  adaptersDiffer: boolean;
  rows: ComparedRow[];
  /** What only one of them measured. */
  onlyA: Pick<Measurement, "what" | "contender" | "backend">[];
  onlyB: Pick<Measurement, "what" | "contender" | "backend">[];
  /** Of environment, protocol and data. */
  differences: { what: string; a: string; b: string }[];
}

/** What a reader must know before any ratio; empty where all is as it should be. */
export function comparisonCautions({ a, b, adaptersDiffer }: Comparison): string[] {
  const of = (pick: (side: ComparedSide) => boolean, both: string, one: string): string[] => {
    const sides = [pick(a), pick(b)];
    if (!sides.includes(true)) return [];
    return [sides.includes(false) ? `${sides[0] ? "A" : "B"} ${one}` : `A and B ${both}`];
  };
  return [
    ...of(
      ({ adapter }) => adapter.software,
      "were measured on software adapters, programs on the CPU that carry WebGPU out: they say nothing about the speed of a GPU.",
      "was measured on a software adapter, a program on the CPU that carries WebGPU out: it says nothing about the speed of a GPU.",
    ),
    ...of(
      ({ quick }) => quick,
      "were quick looks, with few rounds and steps: not measurements to quote.",
      "was a quick look, with few rounds and steps: not a measurement to quote.",
    ),
    ...of(
      ({ interrupted }) => interrupted,
      "were interrupted: they have what was measured until then.",
      "was interrupted: it has what was measured until then.",
    ),
    ...(adaptersDiffer ? ["The adapters differ: ratios compare machines, not versions."] : []),
    ...(a.suite === b.suite
      ? []
      : [`The suites differ, ${a.suite} and ${b.suite}: little was measured in both.`]),
  ];
}

/** `step`, or both where they differ. */
export function comparedSuites({ a, b }: Comparison): string {
  return a.suite === b.suite ? a.suite : `${a.suite} and ${b.suite}`;
}

/** What one side has alone, contender by contender, in the order in which they were measured. */
export function byContender(
  list: Comparison["onlyA"],
): { contender: ContenderName; backend: BackendName; what: string[] }[] {
  const groups: ReturnType<typeof byContender> = [];
  for (const { contender, backend, what } of list) {
    const group = groups.find((each) => each.contender === contender && each.backend === backend);
    if (group === undefined) groups.push({ contender, backend, what: [what] });
    else group.what.push(what);
  }
  return groups;
}

export interface NamedResult {
  name: string;
  result: BenchResult;
}

/** @throws BacklitError `bench/suites-differ` where the two have nothing that could be compared */
export function compareResults(a: NamedResult, b: NamedResult): Comparison {
  const [of, over] = [measurementsOf(a.result), measurementsOf(b.result)];
  const other = new Map(over.map((each) => [each.key, each]));
  const shared = of.filter(({ key }) => other.has(key));
  if (shared.length === 0 && a.result.suite !== b.result.suite) {
    throw new BacklitError(
      "bench/suites-differ",
      `${a.name} is of the suite ${a.result.suite} and ${b.name} of ${b.result.suite}: nothing was measured in both`,
      { hint: "Compare results of the same suite.", exitCode: EXIT.badInput },
    );
  }
  const keys = new Set(of.map(({ key }) => key));
  const names = ({ what, contender, backend }: Measurement) => ({ what, contender, backend });
  return {
    type: "result",
    kind: "comparison",
    suite: a.result.suite,
    a: side(a),
    b: side(b),
    adaptersDiffer: adapterName(a.result.adapter) !== adapterName(b.result.adapter),
    rows: shared.map((each) => comparedRow(each, other.get(each.key)!)),
    onlyA: of.filter(({ key }) => !other.has(key)).map(names),
    onlyB: over.filter(({ key }) => !keys.has(key)).map(names),
    differences: differencesOf(a.result, b.result),
  };
}

function side({ name, result }: NamedResult): ComparedSide {
  const { suite, adapter, environment, protocol, seconds, interrupted, command } = result;
  return { name, suite, adapter, environment, quick: protocol.quick, seconds, interrupted, command };
}

function comparedRow(a: Measurement, b: Measurement): ComparedRow {
  const { what, contender, backend, unit } = a;
  const range =
    a.rounds.length > 0 && b.rounds.length > 0
      ? {
          lowest: Math.min(...b.rounds) / Math.max(...a.rounds),
          highest: Math.max(...b.rounds) / Math.min(...a.rounds),
        }
      : {};
  const unranked = !a.ranked || !b.ranked;
  return {
    what,
    contender,
    backend,
    unit,
    a: a.value,
    b: b.value,
    ratio: b.value / a.value,
    ...range,
    unranked,
  };
}

/** Dates and commands differ always, and are not named. */
function differencesOf(a: BenchResult, b: BenchResult): Comparison["differences"] {
  const [first, second] = [circumstances(a), circumstances(b)];
  const names = [...new Set([...first.keys(), ...second.keys()])];
  return names
    .map((what) => {
      const missing = /^(input|version of) /.test(what) ? "not measured" : "not known";
      return { what, a: first.get(what) ?? missing, b: second.get(what) ?? missing };
    })
    .filter((each) => each.a !== each.b);
}

function circumstances({
  suite,
  adapter,
  environment,
  protocol,
  datasets,
}: BenchResult): Map<string, string> {
  const { date: _, versions, limits = {}, flags, features, ...rest } = environment;
  const entries: [string, unknown][] = [
    ["suite", suite],
    ["adapter", adapterName(adapter)],
    ...Object.entries(rest),
    ...Object.entries(versions).map(([name, version]): [string, unknown] => [`version of ${name}`, version]),
    ["flags", flags?.join(" ")],
    ["features", features?.join(" ")],
    ...Object.entries(limits),
    ...Object.entries(protocol).map(([name, value]): [string, unknown] => [`protocol: ${name}`, value]),
    ...datasets.map(({ input, description }): [string, unknown] => [`input ${input}`, description]),
  ];
  return new Map(
    entries
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
