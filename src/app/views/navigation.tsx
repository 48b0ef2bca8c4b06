/** The way to every view, and to the benchmark, which is a document of its own. */
import { addresses, BENCH, view, type ViewName } from "../state/route.ts";

/** As the masthead and the tab name them. */
export const TITLES: Record<ViewName, string> = {
  train: "Train",
  inside: "Inside",
  draw: "Draw",
  model: "Model",
  doctor: "Doctor",
};

interface Props {
  /** Where the page itself lies, seen from the document that shows this. */
  page?: string;
  /** Where the benchmark lies. */
  bench?: string;
}

export function Navigation({ page = "", bench = BENCH }: Props) {
  const here = page === "";
  return (
    <ul>
      {(Object.keys(TITLES) as ViewName[]).map((name) => (
        <li key={name}>
          <a
            href={page + addresses.value[name]}
            aria-current={here && view.value === name ? "page" : undefined}
          >
            {TITLES[name]}
          </a>
        </li>
      ))}
      <li>
        <a href={bench} aria-current={here ? undefined : "page"}>
          Benchmark
        </a>
      </li>
    </ul>
  );
}
