/** A derivation as Markdown with mathematics as GitHub renders it: `$…$` in a line, fenced `math` blocks for matrices. */
import { definitionsOf, type Definition } from "../../lens/derivation/definitions.ts";
import { figureText } from "../../lens/derivation/display.ts";
import { shownPlaces, type ShownPlaces } from "../../lens/derivation/shown.ts";
import type { Matrix } from "../../lens/derivation/types.ts";
import type { Explained } from "../../lens/walk/explained.ts";
import { BILL_TEXT, billFigures, comparison, sizesText } from "../../lens/walk/words.ts";

const MOST_SHOWN = 12;

export function explainMarkdown({ title, subtitle, omitted, derivation, bill }: Explained): string {
  const shown = shownPlaces(derivation);
  const stages = derivation.stages.flatMap((stage, index) => {
    const definitions = definitionsOf(stage);
    return [
      `## ${index + 1}. ${stage.title}`,
      stage.text,
      ...stage.sections.flatMap((section) => [
        `### ${section.title}`,
        ...(section.text ? [section.text] : []),
        ...section.matrices.flatMap((matrix) => [
          matrixMarkdown(matrix, shown),
          ...definitionMarkdown(definitions.get(matrix.id)),
        ]),
      ]),
    ];
  });
  const blocks = [
    `# ${title}`,
    `${subtitle}.`,
    ...(omitted ? [omitted] : []),
    ...stages,
    "## The two forms",
    ...comparison(derivation),
    "## The bill",
    BILL_TEXT,
    [
      "| network | multiplications, long | short | memory, long | short | time, long | short |",
      "| --- | --: | --: | --: | --: | --: | --: |",
      ...bill.map((row) => `| ${[sizesText(row.sizes), ...billFigures(row)].join(" | ")} |`),
    ].join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function matrixMarkdown(matrix: Matrix, shown: ShownPlaces): string {
  const { symbol, formula, shape, axes, meaning, values } = matrix;
  const names = axes.map(({ name }) => name).filter((name) => name !== "");
  const described = names.length > 0 ? `, ${names.join(" by ")}` : "";
  const columns = shown(matrix, 1, MOST_SHOWN);
  const rows = shown(matrix, 0, MOST_SHOWN).map((row) =>
    columns
      .map((column) => {
        if (row === undefined) return column === undefined ? "\\ddots" : "\\vdots";
        return column === undefined ? "\\cdots" : latexFigure(values[row * shape[1] + column]);
      })
      .join(" & "),
  );
  const equation = [symbol.latex, ...(formula ? [formula.latex] : [])].join(" = ");
  return [
    `$${symbol.latex}$ (${shape.join(" × ")}${described}): ${meaning}`,
    "",
    "```math",
    `${equation} = \\begin{bmatrix} ${rows.join(" \\\\ ")} \\end{bmatrix}`,
    "```",
  ].join("\n");
}

/** In a line, GitHub takes the backslash of a formula for its own unless there are backquotes, too. */
function definitionMarkdown(definition: Definition | undefined): string[] {
  if (definition === undefined) return [];
  const [first, ...more] = definition.lines.map(({ latex }) => `$\`${latex}\`$`);
  const where = more.length > 0 ? ` with ${more.join(" and ")}` : "";
  return [`Here ${first}${where}.${definition.remark === "" ? "" : ` ${definition.remark}`}`];
}

function latexFigure(value: number): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? "\\text{NaN}" : value > 0 ? "\\infty" : "-\\infty";
  return figureText(value).replace(/e([+-]\d+)$/, (_, power: string) => ` \\cdot 10^{${Number(power)}}`);
}
