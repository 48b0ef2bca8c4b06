/** The words of a benchmark's report: how it was measured, who is not ranked and why, where it ran. */
import { definitions, escapeHtml } from "../../report/html.ts";
import { counted, duration, grouped, percent } from "../../report/numbers.ts";
import { productText } from "../matmul-suite.ts";
import type { BenchResult, Environment, Skipped } from "../result.ts";
import { INPUT_NAMES, onAdapter, whoName, workloadName } from "./names.ts";
import { distinct } from "./step-figures.ts";

/** What a reader must know before any figure; empty where all is as it should be. */
export function cautions({ adapter, protocol, interrupted }: BenchResult): string {
  const sentences = [
    adapter.software
      ? "These figures are of a software adapter: a program on the CPU that carries WebGPU out. They say nothing about the speed of a GPU."
      : "",
    protocol.quick ? "This was a quick look, with few rounds and steps: not a measurement to quote." : "",
    interrupted ? "The run was interrupted; this is what was measured until then." : "",
  ].filter((sentence) => sentence !== "");
  return sentences.map((sentence) => `<p class="caution">${sentence}</p>`).join("");
}

/** Contenders that are not ranked, and what was left out, with the reasons; equal reasons together. */
export function leftOut(result: BenchResult): string {
  const absent = result.skipped.map((each) => ({ who: skippedName(each), why: each.reason }));
  const all = [...unranked(result), ...absent];
  const notes = result.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join("");
  const title = ranks(result) ? "<h2>Not ranked, left out</h2>" : "<h2>Left out</h2>";
  if (all.length === 0) {
    if (notes === "") return ranks(result) ? `${title}<p>Nothing was.</p>` : "";
    return title + notes;
  }
  const items = distinct(all.map(({ why }) => why)).map((why) => {
    const names = distinct(all.filter((each) => each.why === why).map(({ who }) => who));
    return `<li><b>${names.map(escapeHtml).join("; ")}</b>: ${escapeHtml(why)}</li>`;
  });
  return `${title}<ul class="left-out">${items.join("")}</ul>${notes}`;
}

/** Whether contenders are held against each other. */
function ranks({ suite }: BenchResult): boolean {
  return suite !== "overhead" && suite !== "kernels";
}

function unranked(result: BenchResult): { who: string; why: string }[] {
  switch (result.suite) {
    case "matmul":
      return result.rows
        .filter(({ agrees }) => !agrees)
        .map((row) => ({
          who: `${whoName(row)} on ${productText(row)}`,
          why: "not ranked: the sum over its product is not what the sums over the factors say",
        }));
    case "accuracy":
    case "kernels":
    case "overhead":
      return [];
    default:
      return result.rows
        .filter(({ lossAgrees }) => !lossAgrees)
        .map((row) => ({
          who: `${whoName(row)} on ${workloadName(row)}, ${INPUT_NAMES[row.input]}`,
          why: `not ranked: its losses differ by up to ${percent(row.lossWorst, 1)} within ${row.lossSteps} steps`,
        }));
  }
}

export function skippedName({ contender, backend, network, batch, optimizer, input }: Skipped): string {
  const who = contender === undefined || backend === undefined ? [] : [whoName({ contender, backend })];
  const what =
    network === undefined || batch === undefined || optimizer === undefined
      ? []
      : [
          `${workloadName({ network, batch, optimizer })}${input === undefined ? "" : `, ${INPUT_NAMES[input]}`}`,
        ];
  return [...who, ...what].join(" on ");
}

/** The protocol in plain words. */
export function howMeasured(result: BenchResult): string {
  const paragraphs = [...waysOf(result), amount(result)];
  const { datasets } = result;
  const inputs = datasets.map(
    ({ input, description }) => `<li>${escapeHtml(INPUT_NAMES[input])}: ${escapeHtml(description)}</li>`,
  );
  return (
    `<h2>How it was measured</h2>${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("")}` +
    (inputs.length === 0 ? "" : `<ul class="left-out">${inputs.join("")}</ul>`)
  );
}

/** Only what the suite has: nobody loses patience with products, and dispatches that do nothing have neither rows nor seed. */
function amount({ suite, protocol, datasets, seconds }: BenchResult): string {
  const { patience, seed, rows } = protocol;
  const trains = suite !== "overhead" && suite !== "matmul" && suite !== "kernels";
  const parts = [
    ...(suite === "overhead" ? [] : [`Seed ${seed}`]),
    ...(datasets.length === 0 ? [] : [`up to ${counted(rows, "row")}`]),
    `${duration(seconds)} in all`,
  ];
  return `${trains ? `Who would need more than ${patience} s on one workload is left out. ` : ""}${parts.join("; ")}.`;
}

const SAME =
  "Every contender trains the same network from the same initial parameters on the same batches, which lie on its device " +
  "before the clock starts. Nothing is read back between steps.";

function waysOf({ suite, protocol }: BenchResult): string[] {
  const { lossSteps, tolerance, rounds, seconds } = protocol;
  const turns = (unit: string, end: string): string =>
    `Who is measured takes turns, round after round: at least ${counted(rounds, "round")} and ${seconds} s each. A round hands over as ` +
    `many ${unit} as fill its share of the time, and ends when ${end} has been read. So whatever else the machine does ` +
    "meets all of them. Figures are medians over the rounds.";
  switch (suite) {
    case "overhead":
      return [
        "Dispatches of a kernel that does nothing are handed over, so many in one submit.",
        turns("submits", "a number that the last one leaves"),
      ];
    case "matmul":
      return [
        "Every contender multiplies the same matrices, which lie on its device before the clock starts. The sum over each " +
          "product must be what the sums over its factors say; who differs is shown, but not ranked.",
        turns("products", "a number that depends on the product"),
      ];
    case "kernels":
      return [
        "Each dispatch of a training step is run many times by itself, on buffers made for it, without training. Work and " +
          "traffic come from the plan: every tensor read and written once, and nothing skipped.",
      ];
    case "accuracy":
      return [
        SAME,
        "Contenders come one after the other, each for a whole run. The clock runs from creation on, compiling included, and " +
          "stands still while the test images are read, which happens a few times in every epoch.",
      ];
    default:
      return [
        SAME,
        `First, losses: those of the first ${lossSteps} steps must agree within ${percent(tolerance, 0)} at every step. ` +
          "Who differs is shown, but not ranked.",
        turns("steps", "a number that depends on every parameter"),
        "Compiling and the first step are reported apart.",
      ];
  }
}

export function whereItRan({ adapter, environment }: BenchResult): string {
  return `<h2>Where it ran</h2><div class="words">${definitions(environmentRows(environment, onAdapter(adapter).slice(3)))}</div>`;
}

export function environmentRows(environment: Environment, adapter: string): [string, string][] {
  const { runtime, date, userAgent, node, platform, logicalCores, browser, flags } = environment;
  const { limits = {}, features, versions, crossOriginIsolated } = environment;
  const where = { chrome: "headless Chrome", node: "Node", page: "a page in a browser" }[runtime];
  const rows: [string, string | undefined][] = [
    ["adapter", adapter],
    ["runtime", where],
    ["browser", userAgent === undefined ? undefined : browserName(userAgent)],
    ["user agent", userAgent],
    ["browser’s file", browser],
    ["switches", flags?.join(" ")],
    ["Node", runtime === "page" ? undefined : node],
    ["platform", platform],
    ["logical cores", logicalCores === undefined ? undefined : String(logicalCores)],
    [
      "isolated from other origins",
      crossOriginIsolated === undefined
        ? undefined
        : crossOriginIsolated
          ? "yes: wasm backends may use threads"
          : "no: wasm backends have one thread",
    ],
    ["date", date],
    ["versions", list(versions, String)],
    ["device’s features", features?.join(", ")],
    ["device’s limits", list(limits, grouped)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined && row[1] !== "");
}

function list<T>(entries: Record<string, T>, format: (value: T) => string): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name} ${format(value)}`)
    .join(", ");
}

/** `Chrome 156`, with the name that people know; what is not recognised stays as it is. */
export function browserName(userAgent: string): string {
  const found = /(Edg|Firefox|Chrome|Version)\/(\d+)/g;
  const versions = new Map([...userAgent.matchAll(found)].map(([, name, version]) => [name, version]));
  const headless = userAgent.includes("HeadlessChrome") ? "headless " : "";
  for (const [name, known] of [
    ["Edg", "Edge"],
    ["Firefox", "Firefox"],
    ["Chrome", "Chrome"],
    ["Version", "Safari"],
  ]) {
    const version = versions.get(name);
    if (version !== undefined) return `${headless}${known} ${version}`;
  }
  return userAgent;
}
