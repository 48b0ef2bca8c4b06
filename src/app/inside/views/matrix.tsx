/** A matrix: its formula, its numbers as a heat map, what it means. Its given entries can be changed. */
import { useComputed } from "@preact/signals";
import { definitionOf } from "../../../lens/derivation/definitions.ts";
import type { Matrix as MatrixData } from "../../../lens/derivation/types.ts";
import { derivation, goToMatrix } from "../state/step.ts";
import { Formula } from "./formula.tsx";
import { Grid } from "./grid.tsx";

interface Props {
  id: string;
  /** Only symbol and numbers: for what was worked out before, and can be gone back to. */
  brief?: boolean;
}

export function Matrix({ id, brief = false }: Props) {
  const found = useComputed(() => derivation.value.matrices.get(id));
  const matrix = found.value;
  if (matrix === undefined) return null;
  const { symbol, formula, meaning, operation } = matrix;
  const definition = brief ? undefined : definitionOf(operation);
  const isComputed = formula !== undefined;
  return (
    <figure class={`matrix${brief ? " brief" : ""}`} data-id={id}>
      <figcaption>
        <Formula latex={isComputed && !brief ? `${symbol.latex} = ${formula.latex}` : symbol.latex} />
        {brief && isComputed && (
          <button type="button" class="link" onClick={() => goToMatrix(id)}>
            <span class="unseen">{symbol.text}: </span>how?
          </button>
        )}
        {!brief && <small>{shapeText(matrix)}</small>}
      </figcaption>
      <Grid matrix={matrix} />
      {!brief && <p class="meaning">{meaning}</p>}
      {definition && (
        <div class="definition">
          {definition.lines.map(({ latex, text }) => (
            <Formula key={text} latex={latex} />
          ))}
          {definition.remark !== "" && <p class="meaning">{definition.remark}</p>}
        </div>
      )}
    </figure>
  );
}

function shapeText({ shape, axes }: MatrixData): string {
  const names = axes.map(({ name }) => name).filter((name) => name !== "");
  return `${shape.join(" × ")}${names.length > 0 ? `, ${names.join(" by ")}` : ""}`;
}
