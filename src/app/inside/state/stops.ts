/**
 * The way through a step: its matrices in stops, each with what belongs together, and one sentence. On the way back the
 * long form of one sample and the short form of the batch are beside each other. Pure.
 */
import { operandsOf } from "../../../lens/derivation/operations.ts";
import type { Derivation, Matrix, Section, StageName } from "../../../lens/derivation/types.ts";

export const PARTS = ["forward", "loss", "backward", "update"] as const;
export type Part = (typeof PARTS)[number];

/** Matrices that are worked out together. */
export interface Group {
  /** What they are made from and was worked out at an earlier stop. */
  sources: string[];
  /** In order. */
  ids: string[];
}

export interface Column {
  /** On the way back. */
  form?: "long" | "short";
  groups: Group[];
}

export interface Stop {
  id: string;
  part: Part;
  title: string;
  sentence: string;
  columns: Column[];
}

/** @param sample whose long form is shown, from 0 */
export function stopsOf(derivation: Derivation, sample: number): Stop[] {
  const { network, learningRate } = derivation;
  const count = network.layers.length;
  const layers = network.layers.map((layer, index) => ({ ...layer, number: index + 1 }));
  const column = (matrices: readonly Matrix[]): Column => ({ groups: groupsOf([matrices]) });
  const forward = sectionsOf(derivation, "forward").map(({ matrices }, index): Stop => ({
    id: `forward-${index + 1}`,
    part: "forward",
    title: index + 1 === count ? "Output" : `Layer ${index + 1}`,
    sentence:
      index + 1 === count
        ? "The last layer gives the logits: what the network holds of each class, not yet as probabilities."
        : `Layer ${index + 1} multiplies what comes in by its weights, adds its biases, and sends the sums through ${layers[index].activation}.`,
    columns: [column(matrices)],
  }));
  const [{ matrices: head }] = sectionsOf(derivation, "loss");
  const loss: Stop[] = [
    {
      id: "probabilities",
      part: "loss",
      title: "Softmax",
      sentence: "The softmax turns each row of logits into probabilities: all positive, adding up to 1.",
      columns: [column(head.filter(({ id }) => id === "P"))],
    },
    {
      id: "loss",
      part: "loss",
      title: "Cross-entropy",
      sentence:
        "The loss asks how probable the right class was held: minus the logarithm of that, then the mean over the batch.",
      columns: [column(head.filter(({ id }) => id !== "P"))],
    },
  ];
  const update = sectionsOf(derivation, "update").map(({ matrices }, index): Stop => ({
    id: `update-${index + 1}`,
    part: "update",
    title: index + 1 === count ? "Output" : `Layer ${index + 1}`,
    sentence: `Every parameter of ${index + 1 === count ? "the output layer" : `layer ${index + 1}`} moves against its gradient, ${learningRate} times as far as the gradient says.`,
    columns: [column(matrices)],
  }));
  const backward = backwardStops(derivation, sample);
  return [...forward, ...loss, ...backward, ...update];
}

function backwardStops(derivation: Derivation, sample: number): Stop[] {
  const count = derivation.network.layers.length;
  const short = sectionsOf(derivation, "short");
  const long = longSections(derivation, sample);
  const columns = (
    longMatrices: readonly (readonly Matrix[])[] | undefined,
    shortMatrices: readonly Matrix[],
  ): Column[] => [
    ...(longMatrices ? [{ form: "long" as const, groups: groupsOf(longMatrices) }] : []),
    { form: "short", groups: groupsOf([shortMatrices]) },
  ];
  const stops: Stop[] = [
    {
      id: "logits",
      part: "backward",
      title: "To the logits",
      sentence: long
        ? "How the loss changes with the logits: two derivatives multiplied in the long form, the mere error in the short form."
        : "How the loss changes with the logits: by the error.",
      columns: columns(long && [long.head], short[0].matrices),
    },
  ];
  for (let layer = count; layer >= 1; layer--) {
    const name = layer === count ? "the output layer" : `layer ${layer}`;
    const { matrices } = short[1 + count - layer];
    const ofLayer = long?.layers[count - layer];
    stops.push({
      id: `gradients-${layer}`,
      part: "backward",
      title: layer === count ? "Output" : `Layer ${layer}`,
      sentence: long
        ? `How the loss changes with the parameters of ${name}: through a matrix of mostly zeros, or by one product for the whole batch.`
        : `How the loss changes with the parameters of ${name}: by one product for the whole batch.`,
      columns: columns(ofLayer && [ofLayer.parameters, ofLayer.means], matrices.slice(0, 2)),
    });
    if (layer === 1) continue;
    stops.push({
      id: `down-${layer}`,
      part: "backward",
      title: "Down",
      sentence: `Down through ${name}: back through its weights, then through the slopes of the activation below.`,
      columns: columns(ofLayer && [ofLayer.below], matrices.slice(2)),
    });
  }
  return stops;
}

interface LongSections {
  head: Matrix[];
  /** From the last layer down. */
  layers: { parameters: Matrix[]; means: Matrix[]; below: Matrix[] }[];
}

/** The long form of a sample; what all samples share stands where it is used first. Undefined where it was left out. */
function longSections(derivation: Derivation, sample: number): LongSections | undefined {
  const sections = sectionsOf(derivation, "long");
  if (sections.length === 0) return undefined;
  const perSample = 1 + derivation.network.layers.length;
  const shared = sections[0].matrices;
  const means = sections[sections.length - 1].matrices;
  const [head, ...layers] = sections.slice(1 + sample * perSample, 1 + (sample + 1) * perSample);
  const withShared = (matrices: readonly Matrix[]): Matrix[] =>
    matrices.flatMap((matrix) => [...shared.filter(({ id }) => uses(matrix, id)), matrix]);
  return {
    head: head.matrices,
    layers: layers.map(({ matrices }) => {
      const parameters = matrices.slice(0, 3);
      return {
        parameters: withShared(parameters),
        means: means.filter((matrix) => parameters.some(({ id }) => uses(matrix, id))),
        below: withShared(matrices.slice(3)),
      };
    }),
  };
}

function uses({ operation }: Matrix, id: string): boolean {
  return operandsOf(operation).includes(id);
}

function sectionsOf({ stages }: Derivation, name: StageName): Section[] {
  return stages.find((stage) => stage.name === name)?.sections ?? [];
}

/** Sources each once, in the order in which they are needed. */
function groupsOf(groups: readonly (readonly Matrix[])[]): Group[] {
  const met = new Set<string>();
  return groups.map((matrices) => {
    const needed = matrices.flatMap(({ operation }) => operandsOf(operation));
    for (const { id } of matrices) met.add(id);
    const sources = [...new Set(needed)].filter((id) => !met.has(id));
    for (const id of sources) met.add(id);
    return { sources, ids: matrices.map(({ id }) => id) };
  });
}

/** What is worked out at a stop. */
export function idsAt({ columns }: Stop): string[] {
  return columns.flatMap(({ groups }) => groups.flatMap(({ ids }) => ids));
}

/** Where a matrix is worked out, and with which sample shown; undefined where there is no such matrix. */
export function placeOf(derivation: Derivation, id: string): { stop: Stop; sample: number } | undefined {
  for (let sample = 0; sample < derivation.rows; sample++) {
    const stop = stopsOf(derivation, sample).find((each) => idsAt(each).includes(id));
    if (stop !== undefined) return { stop, sample };
  }
  return undefined;
}
