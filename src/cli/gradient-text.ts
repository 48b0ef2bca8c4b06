/** What `backlit check --gradients` has found, for a terminal. */
import type { Network } from "../core/spec.ts";
import type { GradientCheck, TensorGradientCheck } from "../lens/gradient-check.ts";
import { hiddenActivations } from "../lens/walk/words.ts";
import { placeText } from "../report/numbers.ts";
import { counted, grouped, table } from "./format.ts";

/** More tensors than this are counted where they would be named. */
const MOST_NAMES = 4;

export function gradientText(
  result: GradientCheck,
  network: Network,
  bold: (text: string) => string,
): string {
  const { tensors, step, rows, loss } = result;
  const widths = [network.input, ...network.layers.map(({ units }) => units)].join(" - ");
  const activations = network.layers.length > 1 ? [hiddenActivations(network)] : [];
  const lines = tensors.map((tensor) => [
    tensor.name,
    tensor.shape.join(" x "),
    takenOf(tensor) < tensor.size ? `${tensor.compared} of ${grouped(tensor.size)}` : String(tensor.compared),
    String(tensor.zero),
    String(tensor.skipped),
    String(tensor.unresolved),
    ...(tensor.compared === 0 ? ["", ""] : [tensor.largest.toExponential(1), tensor.median.toExponential(1)]),
    tensor.compared === 0 ? "not known" : tensor.failures === 0 ? "right" : `${tensor.failures} wrong`,
  ]);
  const wrong = tensors.filter((tensor) => tensor.failures > 0);
  // Where all is right, the worst of each tensor says enough.
  const shown =
    wrong.length > 0 ? wrong : tensors.map((tensor) => ({ ...tensor, worst: tensor.worst.slice(0, 1) }));
  const entries = shown.flatMap(({ name, shape, worst }) =>
    worst.map(
      ({ index, gradient, quotient, relativeError, uncertainty }) =>
        `  ${name}${placeText(shape, index)}: gradient ${gradient}, quotient ${quotient} +- ${uncertainty.toExponential(1)}, ` +
        `relative error ${relativeError.toExponential(2)}`,
    ),
  );
  const head = [
    "tensor",
    "shape",
    "compared",
    "0 = 0",
    "at kinks",
    "too small",
    "largest",
    "median",
    "verdict",
  ];
  return [
    `${[widths, ...activations, counted(rows, "random row")].join(", ")}, loss ${loss.toFixed(6)}, float64: gradients against ` +
      `(L(w + h) - L(w - h)) / 2h, extrapolated from h = ${step}, its half and its quarter`,
    "",
    table(head, lines, bold),
    "",
    ...(entries.length > 0
      ? [
          `${wrong.length > 0 ? "The worst entries" : "The worst entry of each tensor"} ([row, column], counted from 0):`,
          ...entries,
          "",
        ]
      : []),
    verdictText(result),
  ].join("\n");
}

/** Entries that were looked at, whatever came of it. */
function takenOf({ compared, skipped, unresolved }: TensorGradientCheck): number {
  return compared + skipped + unresolved;
}

function verdictText(result: GradientCheck): string {
  const { tensors, tolerance, compared, zero, skipped, unresolved, failures } = result;
  if (failures > 0) {
    return (
      `${grouped(failures)} of ${counted(compared, "entry", "entries")} ${failures === 1 ? "is" : "are"} off by more than ` +
      `a relative error of ${tolerance} and what the quotient is uncertain by.`
    );
  }
  const largest = Math.max(...tensors.map((tensor) => tensor.largest));
  const agreed =
    compared === 0
      ? []
      : [
          `${counted(compared, "entry agrees", "entries agree")}; the largest relative error is ${largest.toExponential(1)}` +
            (zero > 0 ? `; ${grouped(zero)} of them 0 on both sides` : ""),
        ];
  const left = [
    ...(skipped > 0 ? [`${grouped(skipped)} left out at a kink of ReLU`] : []),
    ...(unresolved > 0
      ? [
          `${grouped(unresolved)} too small to tell: rounding alone moves their quotient by more than ${tolerance} of it`,
        ]
      : []),
  ];
  const size = tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  const taken = tensors.reduce((sum, tensor) => sum + takenOf(tensor), 0);
  const drawn =
    taken < size ? [`of ${grouped(size)} entries ${grouped(taken)} were drawn, as --entries says`] : [];
  const counts = `${[...agreed, ...left, ...drawn].join("; ")}.`;
  return [counts, ...unknownText(tensors)].join("\n");
}

/** Of which tensors nothing is known, and what could be done about it. */
function unknownText(tensors: readonly TensorGradientCheck[]): string[] {
  const unknown = tensors.filter((tensor) => tensor.compared === 0);
  const names = (of: TensorGradientCheck[]): string =>
    of.length > MOST_NAMES
      ? `${of.length} tensors ("not known" above)`
      : of.map(({ name }) => name).join(", ");
  const small = unknown.filter((tensor) => tensor.unresolved > 0);
  const kinks = unknown.filter((tensor) => tensor.unresolved === 0);
  return [
    ...(small.length > 0
      ? [
          `Nothing is known of ${names(small)}: central differences cannot tell gradients that small. Those of a ` +
            "network with fewer layers, or with another activation, are larger.",
        ]
      : []),
    ...(kinks.length > 0
      ? [
          `Nothing is known of ${names(kinks)}: every entry lies at a kink of ReLU. Another --seed may have none there.`,
        ]
      : []),
  ];
}
