/** The check: which cases, where it stands, what has been found so far. */
import { proxy } from "comlink";
import { batch, computed, effect, signal } from "@preact/signals";
import type { CaseResult, ConformanceReport } from "../../lens/conformance/report.ts";
import type { DoctorApi, DoctorEvent } from "../../worker/doctor-api.ts";
import { queryOf, setQuery } from "../state/route.ts";
import { WorkerLine } from "../state/worker-line.ts";
import { WorkerTask } from "../state/worker-task.ts";
import { casesProblem, readDoctorLink, seedProblem, writeDoctorLink, type DoctorChoice } from "./link.ts";

const line = new WorkerLine<DoctorApi>(
  () => new Worker(new URL("../../worker/doctor-worker.ts", import.meta.url), { type: "module" }),
);
const task = new WorkerTask(line, (api) => api.stop());

export const { phase, failure, busy } = task;
export const results = signal<CaseResult[]>([]);
/** Cases in all. */
export const total = signal(0);
export const report = signal<ConformanceReport | null>(null);
/** Which cases were asked for, of the check that runs or ran last. */
export const asked = signal<DoctorChoice>({ seed: 1 });
/** What the browser calls itself. */
export const userAgent = signal("");

/** As typed. */
export const random = signal(false);
export const casesText = signal("500");
export const seedText = signal("1");
/** What was wrong with the link. */
export const linkProblems = signal<string[]>([]);

/** Whether the check was ended before all of its cases. */
export const stopped = computed(() => report.value !== null && report.value.cases < total.value);

export const problem = computed(() =>
  random.value ? (casesProblem(casesText.value) ?? seedProblem(seedText.value)) : undefined,
);

/** As far as it is valid. */
export const choice = computed((): DoctorChoice =>
  random.value && problem.value === undefined
    ? { cases: Number(casesText.value), seed: Number(seedText.value) }
    : { seed: 1 },
);

/** Takes the choice from the address, and from then on keeps it there. @returns an end to that */
export function followDoctorLink(): () => void {
  const stops = [
    effect(() => {
      const query = queryOf("doctor");
      if (query === writeDoctorLink(choice.peek())) return;
      const link = readDoctorLink(query);
      batch(() => {
        random.value = link.choice.cases !== undefined;
        if (link.choice.cases !== undefined) casesText.value = String(link.choice.cases);
        seedText.value = String(link.choice.seed);
        linkProblems.value = link.problems;
      });
    }),
    effect(() => {
      if (problem.value === undefined) setQuery("doctor", writeDoctorLink(choice.value));
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

export async function startCheck(): Promise<void> {
  if (busy.value || problem.value !== undefined) return;
  const request = choice.value;
  await task.carryOut(
    () => {
      results.value = [];
      total.value = 0;
      report.value = null;
      asked.value = request;
    },
    async (api) => {
      await api.check(request, proxy(apply));
      show();
    },
  );
}

/** The first time, what ran becomes a report; a second time ends the worker at once. */
export function stopCheck(): void {
  task.stop();
}

/** Cases that are not shown yet: they come faster than the page is painted. */
let arrived: CaseResult[] = [];
let scheduled = 0;

function show(): void {
  cancelAnimationFrame(scheduled);
  scheduled = 0;
  if (arrived.length > 0) results.value = [...results.value, ...arrived];
  arrived = [];
}

function apply(event: DoctorEvent): void {
  switch (event.type) {
    case "adapter":
      task.begun();
      break;
    case "check-case":
      total.value = event.total;
      arrived.push(event.result);
      if (scheduled === 0) scheduled = requestAnimationFrame(show);
      break;
    case "check-report":
      show();
      batch(() => {
        report.value = event.report;
        userAgent.value = event.userAgent;
      });
      break;
    case "error":
      failure.value = event;
      break;
  }
}
