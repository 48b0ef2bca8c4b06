/**
 * A derivation as one HTML file that needs nothing else: typeset mathematics, every matrix as a table, and a small script
 * that traces the entry under the pointer. It works from a disk, without a network, in light and dark.
 */
import { formCosts } from "../derivation/cost.ts";
import { definitionsOf, type Definition } from "../derivation/definitions.ts";
import { figureText } from "../derivation/display.ts";
import { axisLabel } from "../derivation/notation.ts";
import { shownPlaces, type ShownPlaces } from "../derivation/shown.ts";
import { origins } from "../derivation/trace.ts";
import type { Cell, Derivation, Matrix, Section, Stage } from "../derivation/types.ts";
import { cellName, working } from "../derivation/working.ts";
import { power, withMinus } from "../../core/words.ts";
import { byteSize, grouped } from "../../report/numbers.ts";
import { escapeHtml } from "../../report/html.ts";
import { REPORT_STYLE } from "../../report/style.ts";
import { billChart } from "./bill-chart.ts";
import type { Explained } from "./explained.ts";
import { mathematicsStyle, typeset } from "./mathematics.ts";
import { EXPLAIN_SCRIPT } from "./script.ts";
import { EXPLAIN_STYLE } from "./style.ts";
import { agreementText, BILL_TEXT, billFigures, comparison, secondsText, sizesText } from "./words.ts";

/** More rows or columns than this are cut short. */
const MOST_SHOWN = 14;

export function explainHtml(explained: Explained): string {
  const { derivation, title, subtitle, omitted } = explained;
  const page = new Page(derivation);
  const stages = derivation.stages.map((stage, index) => page.stage(stage, index + 1));
  const links = [
    ...derivation.stages.map(({ name, title: text }) => [name, text]),
    ["forms", "The two forms"],
    ["bill", "The bill"],
  ].map(([name, text]) => `<a href="#${name}">${escapeHtml(text)}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${mathematicsStyle()}${REPORT_STYLE}${EXPLAIN_STYLE}</style></head><body><main>
<h1>${escapeHtml(title)}</h1>
<p class="quiet">${escapeHtml(subtitle)}</p>
${omitted ? `<p>${escapeHtml(omitted)}</p>` : ""}
${headline(derivation)}
<nav aria-label="Stages">${links.join("")}</nav>
${stages.join("\n")}
${page.forms()}
${billSection(explained)}
</main>
<div id="working" role="status" aria-live="polite"><p class="quiet">Point at a number, or select a matrix and use the arrow keys: the entries it was made from light up, and underlined are the inputs, labels and weights that it goes back to. Warm is above 0, blue below.</p></div>
<script>${EXPLAIN_SCRIPT}</script></body></html>
`;
}

function headline({ loss, maxDifference, network, rows }: Derivation): string {
  const { long, short } = formCosts(network, rows);
  const agreement = maxDifference === undefined ? "not compared" : power(maxDifference);
  const figures = [
    [figureText(loss), "loss of the batch"],
    [agreement, "largest difference of the forms"],
    [`${grouped(long.multiplications)} : ${grouped(short.multiplications)}`, "multiplications, long : short"],
    [`${byteSize(long.bytes)} : ${byteSize(short.bytes)}`, "memory, long : short"],
  ];
  const items = figures.map(([value, name]) => `<li><b>${escapeHtml(value)}</b><span>${name}</span></li>`);
  return `<ul class="headline">${items.join("")}</ul>`;
}

/** Numbers every entry that is shown, so that entries can name those they are made from. */
class Page {
  readonly #derivation: Derivation;
  readonly #shown: ShownPlaces;
  readonly #numbers = new Map<string, number>();

  constructor(derivation: Derivation) {
    this.#derivation = derivation;
    this.#shown = shownPlaces(derivation);
    for (const matrix of derivation.matrices.values()) {
      for (const row of this.#shown(matrix, 0, MOST_SHOWN)) {
        for (const column of this.#shown(matrix, 1, MOST_SHOWN)) {
          if (row === undefined || column === undefined) continue;
          this.#numbers.set(keyOf({ id: matrix.id, row, column }), this.#numbers.size);
        }
      }
    }
  }

  stage(stage: Stage, number: number): string {
    const { name, title, text, sections } = stage;
    const definitions = definitionsOf(stage);
    return (
      `<section class="stage" id="${name}"><h2>${number}. ${escapeHtml(title)}</h2><p>${escapeHtml(text)}</p>` +
      `${sections.map((section) => this.#section(section, definitions)).join("")}</section>`
    );
  }

  /** The same gradients of either form beside each other. */
  forms(): string {
    const { differences, matrices } = this.#derivation;
    const pairs = differences.map(({ long, short, difference }) => {
      const [a, b] = [long, short].map((id) => this.#matrix(matrices.get(id)!, false));
      return `<div class="pair">${a}${b}<p>${withMinus(agreementText(difference))}</p></div>`;
    });
    const sentences = comparison(this.#derivation).map(
      (sentence) => `<p>${escapeHtml(withMinus(sentence))}</p>`,
    );
    return `<section class="stage" id="forms"><h2>The two forms</h2>${sentences.join("")}<div class="pairs">${pairs.join("")}</div></section>`;
  }

  #section({ title, text, matrices }: Section, definitions: ReadonlyMap<string, Definition>): string {
    const lead = text ? `<p>${escapeHtml(text)}</p>` : "";
    const cards = matrices.map((matrix) => this.#matrix(matrix, true, definitions.get(matrix.id)));
    return `<h3>${escapeHtml(title)}</h3>${lead}<div class="row">${cards.join("")}</div>`;
  }

  /** @param first whether this is the matrix's own place, not a repetition for comparison */
  #matrix(matrix: Matrix, first: boolean, definition?: Definition): string {
    const { symbol, formula, shape, axes, meaning } = matrix;
    const equation = formula && first ? `${symbol.latex} = ${formula.latex}` : symbol.latex;
    const names = axes.map(({ name }) => name).filter((name) => name !== "");
    const described = names.length > 0 ? `, ${names.join(" by ")}` : "";
    return (
      `<div class="matrix"><div class="equation scroll">${typeset(`\\displaystyle ${equation}`)}</div>` +
      `<p class="shape">${shape.join(" × ")}${escapeHtml(described)}</p>` +
      `<div class="values scroll" tabindex="0" role="group" aria-label="${escapeHtml(`${symbol.text}, ${shape.join(" by ")}`)}">${this.#table(matrix)}</div>` +
      `${first ? `<p class="meaning">${escapeHtml(meaning)}</p>` : ""}${definition ? definitionHtml(definition) : ""}</div>`
    );
  }

  #table(matrix: Matrix): string {
    const { shape, axes, values } = matrix;
    const columns = this.#shown(matrix, 1, MOST_SHOWN);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const hasHead = axes[1].name !== "";
    const hasLabels = axes[0].name !== "";
    const head = columns.map(
      (column) => `<th scope="col">${column === undefined ? "…" : axisLabel(axes[1], column)}</th>`,
    );
    const rows = this.#shown(matrix, 0, MOST_SHOWN).map((row) => {
      const label = hasLabels
        ? `<th scope="row">${row === undefined ? "…" : axisLabel(axes[0], row)}</th>`
        : "";
      const cells = columns.map((column) =>
        row === undefined || column === undefined
          ? '<td class="gap">…</td>'
          : this.#cell({ id: matrix.id, row, column }, values[row * shape[1] + column], largest),
      );
      return `<tr>${label}${cells.join("")}</tr>`;
    });
    const corner = hasLabels ? "<td></td>" : "";
    const thead = hasHead ? `<thead><tr>${corner}${head.join("")}</tr></thead>` : "";
    return `<table>${thead}<tbody>${rows.join("")}</tbody></table>`;
  }

  #cell(cell: Cell, value: number, largest: number): string {
    const shade = largest > 0 && Number.isFinite(value) ? (0.42 * Math.abs(value)) / largest : 0;
    const colour =
      shade > 0 ? ` style="background: rgba(var(--${value > 0 ? "up" : "down"}), ${shade.toFixed(3)})"` : "";
    const text = withMinus(figureText(value));
    const derivation = this.#derivation;
    const isGiven = derivation.matrices.get(cell.id)!.operation.kind === "given";
    const from = origins(derivation, cell)
      .map((origin) => this.#numbers.get(keyOf(origin)))
      .filter((number) => number !== undefined);
    const data = [
      `data-n="${this.#numbers.get(keyOf(cell))}"`,
      `data-name="${escapeHtml(cellName(derivation, cell))}"`,
      `data-value="${text}"`,
      `data-working="${escapeHtml(withMinus(working(derivation, cell)))}"`,
      ...(isGiven ? ['data-given="1"'] : []),
      ...(from.length > 0 ? [`data-from="${from.join(" ")}"`] : []),
    ];
    return `<td ${data.join(" ")}${value === 0 ? ' class="zero"' : colour}>${text}</td>`;
  }
}

function definitionHtml({ lines, remark }: Definition): string {
  const formulas = lines.map(({ latex }) => `<div class="scroll">${typeset(latex)}</div>`);
  const words = remark === "" ? "" : `<p class="meaning">${escapeHtml(remark)}</p>`;
  return `<div class="definition">${formulas.join("")}${words}</div>`;
}

function keyOf({ id, row, column }: Cell): string {
  return `${id} ${row} ${column}`;
}

function billSection({ bill }: Explained): string {
  const rows = bill.map((row) => {
    const cells = billFigures(row).map(
      (text) => `<td${text === "not run" ? ' class="quiet"' : ""}>${text}</td>`,
    );
    return `<tr><th scope="row">${sizesText(row.sizes)}</th>${cells.join("")}</tr>`;
  });
  const charts = [
    billChart({
      title: "Memory of one sample",
      rows: bill,
      pick: ({ bytes }) => bytes,
      format: byteSize,
    }),
    ...(bill.some(({ short }) => short.seconds !== undefined)
      ? [
          billChart({
            title: "Time of one sample",
            rows: bill,
            pick: ({ seconds }) => seconds,
            format: secondsText,
          }),
        ]
      : []),
  ];
  const head =
    '<thead><tr><th scope="col">network</th><th scope="col">multiplications, long</th><th scope="col">short</th><th scope="col">memory, long</th><th scope="col">short</th><th scope="col">time, long</th><th scope="col">short</th></tr></thead>';
  return `<section class="stage" id="bill"><h2>The bill</h2><p>${escapeHtml(BILL_TEXT)}</p>
<div class="charts">${charts.join("")}</div>
<p class="quiet">Hollow points were worked out from the shapes and not run.</p>
<div class="scroll" tabindex="0" role="region" aria-label="The bill"><table class="bill">${head}<tbody>${rows.join("")}</tbody></table></div></section>`;
}
