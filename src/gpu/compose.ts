/**
 * Puts a shader together for one dispatch: constants, buffer declarations, the files each job needs, and a `main` that
 * hands every workgroup to its job. A job is one instance of a kernel file; when a dispatch merges several, each instance
 * gets names of its own, so that all of them are specialised by constants.
 *
 * Directives of a shader file:
 *
 *     //! uses a, b      files (or roles, such as `source`, which the job fills) placed before this one
 *     //! reads a, b     buffers it only reads
 *     //! writes a, b    buffers it writes
 */
import { GpuError } from "../core/errors.ts";
import { CURRENT, FAULT, NEXT } from "./faults.ts";
import { SHADER_SOURCES, type ShaderSources } from "./shader-sources.ts";
import { evaluate, stripMarks, unroll, type Constants } from "./unroll.ts";

/** A `number` becomes a u32, `{ f32 }` an f32. */
export type Constant = number | boolean | { f32: number };

export interface JobSource {
  /** Shader file without its extension. */
  kernel: string;
  /** Files that fill the kernel's roles: `{ source: "source-images" }`. */
  roles: Readonly<Record<string, string>>;
  /** Buffers that stand for a name in the file: `{ part: "images1" }`. */
  buffers: Readonly<Record<string, string>>;
  constants: Readonly<Record<string, Constant>>;
  workgroups: number;
  /** Vectors of four floats that it uses of `shared4`, the workgroup memory that the jobs of a dispatch share. */
  sharedVectors?: number;
}

export interface DispatchSource {
  jobs: readonly JobSource[];
  workgroupSize: number;
  /** Where the dispatch stands in its step: who publishes and who advances the step counter. */
  first: boolean;
  last: boolean;
  unrolled: boolean;
  /** False for a dispatch that must run even after a fault. */
  guarded?: boolean;
  /** Other texts than the product's own. */
  shaders?: ShaderSources;
}

export interface Binding {
  buffer: string;
  access: "read" | "read_write";
}

const LOAD_FAULT = `atomicLoad(&control[${FAULT}])`;
const ATOMIC = "array<atomic<u32>>";
const ELEMENT: Readonly<Record<string, string>> = {
  schedule: "array<u32>",
  control: ATOMIC,
  confusion: ATOMIC,
  labels: "array<u32>",
  results: "array<vec4u>",
  squares: "array<f32>",
};

function elementType(buffer: string): string {
  if (buffer.startsWith("images")) return "array<u32>";
  return ELEMENT[buffer] ?? "array<vec4f>";
}

interface Directives {
  uses: string[];
  reads: string[];
  writes: string[];
}

function directives(text: string): Directives {
  const list = (word: string): string[] =>
    [...text.matchAll(new RegExp(`^//! ${word} +(.+)$`, "gm"))].flatMap((match) =>
      match[1].split(",").map((name) => name.trim()),
    );
  return { uses: list("uses"), reads: list("reads"), writes: list("writes") };
}

function shaderFile(shaders: ShaderSources, name: string): string {
  const text = shaders[name];
  if (text === undefined) throw new GpuError("wgsl/file", `there is no shader file ${name}.wgsl`);
  return text;
}

/** The texts of a job's files, each once, dependencies first. */
function filesOf(job: JobSource, shaders: ShaderSources = SHADER_SOURCES): string[] {
  const order: string[] = [];
  const visit = (nameOrRole: string): void => {
    const name = job.roles[nameOrRole] ?? nameOrRole;
    if (order.includes(name)) return;
    directives(shaderFile(shaders, name)).uses.forEach(visit);
    if (!order.includes(name)) order.push(name);
  };
  visit(job.kernel);
  return order.map((name) => shaderFile(shaders, name));
}

/** Every buffer of a dispatch with the access it needs: read where all jobs only read. Sorted by name. */
export function bindingsOf(dispatch: DispatchSource): Binding[] {
  const access = new Map<string, Binding["access"]>([["control", "read_write"]]);
  for (const job of dispatch.jobs) {
    for (const text of filesOf(job, dispatch.shaders)) {
      const { reads, writes } = directives(text);
      const actual = (name: string): string => job.buffers[name] ?? name;
      for (const name of reads) if (!access.has(actual(name))) access.set(actual(name), "read");
      for (const name of writes) access.set(actual(name), "read_write");
    }
  }
  return [...access]
    .map(([buffer, kind]) => ({ buffer, access: kind }))
    .sort((a, b) => (a.buffer < b.buffer ? -1 : 1));
}

function literal(value: Constant): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return `${value}u`;
  const rounded = Math.fround(value.f32);
  return `f32(${Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded)})`;
}

/** Constants with whole-number values, those a file derives from others included. */
function wholeNumbers(text: string, given: JobSource["constants"]): Constants {
  const known: Record<string, number> = {};
  for (const [name, value] of Object.entries(given)) if (typeof value === "number") known[name] = value;
  for (const [, name, expression] of text.matchAll(/^const (\w+) = ([\w\s+*/%()-]+);/gm)) {
    try {
      known[name] ??= evaluate(expression, known);
    } catch {
      // Not a whole number: no loop can depend on it, and one that does is reported where it stands.
    }
  }
  return known;
}

/** One job's text; `suffix` is appended to every name it declares. */
function instantiate(
  job: JobSource,
  constants: JobSource["constants"],
  suffix: string,
  { unrolled, shaders }: DispatchSource,
): string {
  const declared = Object.entries(constants)
    .map(([name, value]) => `const ${name} = ${literal(value)};`)
    .join("\n");
  const body = filesOf(job, shaders)
    .map((file) => file.replace(/^\/\/! (uses|reads|writes) .*\n/gm, ""))
    .join("\n");
  let text = `${declared}\n\n${body}`;
  // Lanes are broadcast from by number: a loop that counts them has to be expanded.
  const expands = unrolled || usesSubgroups(text);
  text = expands ? unroll(text, wholeNumbers(body, constants)) : stripMarks(text);
  for (const [name, buffer] of Object.entries(job.buffers)) {
    text = text.replace(new RegExp(`\\b${name}\\b(?=\\[)`, "g"), buffer);
  }
  if (suffix === "") return text;
  const names = [...text.matchAll(/^(?:alias|const|fn|var<\w+>) +(\w+)/gm)].map((match) => match[1]);
  return text.replace(new RegExp(`\\b(?:${[...new Set(names)].join("|")})\\b`, "g"), (name) => name + suffix);
}

function usesSubgroups(text: string): boolean {
  return /\bsubgroup\w+/.test(text);
}

/** What every shader with subgroups begins with. Whole subgroups take the same way: their tiles see to that. */
const SUBGROUP_HEAD = ["enable subgroups;", "diagnostic(off, subgroup_uniformity);", ""];

/** The complete WGSL of a dispatch. */
export function composeShader(dispatch: DispatchSource): string {
  const { jobs, workgroupSize, first, last } = dispatch;
  const bindings = bindingsOf(dispatch).map(
    ({ buffer, access }, index) =>
      `@group(0) @binding(${index}) var<storage, ${access}> ${buffer}: ${elementType(buffer)};`,
  );
  const suffixes = jobs.map((_, index) => (jobs.length === 1 ? "" : `_${index}`));
  const texts = jobs.map((job, index) =>
    instantiate(
      job,
      { WORKGROUP_SIZE: workgroupSize, ENTRY_FIELD: first ? NEXT : CURRENT, ...job.constants },
      suffixes[index],
      dispatch,
    ),
  );
  const needsUniformGuard = texts.some((text) => text.includes("workgroupBarrier"));
  let end = 0;
  const branches = jobs.map((job, index) => {
    const start = end;
    end += job.workgroups;
    return `  if (workgroup < ${end}u) {\n    run${suffixes[index]}(workgroup - ${start}u, lane);\n    return;\n  }`;
  });
  const guard =
    dispatch.guarded === false
      ? []
      : needsUniformGuard
        ? [
            `  if (lane == 0u) { sharedFault = ${LOAD_FAULT}; }`,
            "  if (workgroupUniformLoad(&sharedFault) != 0u) { return; }",
          ]
        : [`  if (${LOAD_FAULT} != 0u) { return; }`];
  const subgroups = texts.some(usesSubgroups);
  // A workgroup works for one job, so all jobs can use the same memory.
  const sharedVectors = Math.max(...jobs.map((job) => job.sharedVectors ?? 0));
  return [
    ...(subgroups ? SUBGROUP_HEAD : []),
    ...bindings,
    ...(subgroups ? ["var<private> subgroupLane: u32;", "var<private> subgroupIndex: u32;"] : []),
    ...(sharedVectors > 0 ? [`var<workgroup> shared4: array<vec4f, ${sharedVectors}>;`] : []),
    ...(needsUniformGuard ? ["var<workgroup> sharedFault: u32;"] : []),
    "",
    ...texts,
    "",
    `@compute @workgroup_size(${workgroupSize})`,
    "fn main(",
    "  @builtin(workgroup_id) id: vec3u,",
    "  @builtin(num_workgroups) grid: vec3u,",
    "  @builtin(local_invocation_index) lane: u32,",
    ...(subgroups
      ? ["  @builtin(subgroup_invocation_id) ownLane: u32,", "  @builtin(subgroup_id) ownSubgroup: u32,"]
      : []),
    ") {",
    ...(subgroups ? ["  subgroupLane = ownLane;", "  subgroupIndex = ownSubgroup;"] : []),
    "  // Counts past 65,535 workgroups fold into the second dimension.",
    "  let workgroup = id.y * grid.x + id.x;",
    ...guard,
    ...(first
      ? [
          `  if (workgroup == 0u && lane == 0u) { atomicStore(&control[${CURRENT}], atomicLoad(&control[${NEXT}])); }`,
        ]
      : []),
    ...(last
      ? [
          `  if (workgroup == 0u && lane == 0u) { atomicStore(&control[${NEXT}], atomicLoad(&control[${CURRENT}]) + 1u); }`,
        ]
      : []),
    ...branches,
    "}",
    "",
  ].join("\n");
}
