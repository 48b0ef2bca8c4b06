/** What the addresses of Draw and Model say: which model is looked at, and whatever else the view has. */
import { batch, effect, signal, type Signal } from "@preact/signals";
import { heldModel } from "../state/model.ts";
import { queryOf, setQuery, view } from "../state/route.ts";
import { busy } from "../state/run.ts";
import { isModelName, modelName } from "./model-name.ts";
import { holdNamed } from "./named-models.ts";

/** What a view's address has beside the model. */
export interface Beside {
  /** @returns a sentence without its full stop for each part that is not valid */
  read(parameters: URLSearchParams): string[];
  /** Without a `&`; undefined while it is about to change. Read as a signal. */
  write(): string | undefined;
}

const NOTHING: Beside = {
  read: (parameters) => [...new Set(parameters.keys())].map((name) => `“${name}” is not an option`),
  write: () => "",
};

/** Takes what is shown from the address, now and whenever it changes, and keeps it there. @returns what was wrong with it */
export function followModelAddress(name: "draw" | "model", beside = NOTHING): Signal<string[]> {
  const problems = signal<string[]>([]);
  /** The model that is asked for, until it is held, or known not to be there. */
  const wanted = signal<string | null>(null);
  let written = "";
  /** The model that was held when the address was written last. */
  let before: string | null = null;

  const read = (query: string): void => {
    const parameters = new URLSearchParams(query);
    const model = parameters.get("model");
    parameters.delete("model");
    const isName = model !== null && isModelName(model);
    batch(() => {
      problems.value = [
        ...(model === null || isName ? [] : [`“model=${model}” is no name of a model`]),
        ...beside.read(parameters),
      ];
      wanted.value = isName ? model : null;
    });
    if (isName) void look(model);
  };

  const look = async (model: string): Promise<void> => {
    const problem = await holdNamed(model);
    // Another may be asked for by now.
    if (wanted.peek() !== model) return;
    batch(() => {
      wanted.value = null;
      if (problem !== undefined) problems.value = [...problems.peek(), problem];
    });
  };

  effect(() => {
    // Coming back to the view writes the address, too.
    void view.value;
    const asked = queryOf(name);
    if (asked !== written) {
      written = asked;
      read(asked);
    }
    const rest = beside.write();
    if (rest === undefined) return;
    const held = heldModel.value && modelName(heldModel.value);
    const model = wanted.value ?? held;
    const query = [...(model === null ? [] : [`model=${model}`]), rest]
      .filter((part) => part !== "")
      .join("&");
    // Whoever opens another model can go back to the one before; what a run makes comes and goes by itself.
    const push = before !== null && model !== null && model !== before && model === held && !busy.peek();
    before = held;
    written = query;
    setQuery(name, query, { push: push && wanted.peek() === null });
  });
  return problems;
}
