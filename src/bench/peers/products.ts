/** The peers' own products of matrices, for the suite `matmul`. */
import type * as Jax from "@jax-js/jax";
import type * as Core from "@tensorflow/tfjs-core";
import type { Factors, ProductContender, ProductSession } from "../matmul-suite.ts";
import type { ProductId } from "../result.ts";
import { openJax } from "./jax.ts";
import { openTensorFlow } from "./tfjs.ts";

type Backend = "webgpu" | "wasm";

interface Operand {
  values: Float32Array;
  shape: [number, number];
  transposed: boolean;
}

function operands({ product, rows, inputs, units }: ProductId, { x, w, dz }: Factors): [Operand, Operand] {
  const X = { values: x, shape: [rows, inputs] as [number, number], transposed: product === "Xt.dZ" };
  const W = { values: w, shape: [inputs, units] as [number, number], transposed: product === "dZ.Wt" };
  const dZ = { values: dz, shape: [rows, units] as [number, number], transposed: false };
  if (product === "X.W") return [X, W];
  return product === "Xt.dZ" ? [X, dZ] : [dZ, W];
}

export function tfjsProduct(backend: Backend, wasmPath?: string): ProductContender {
  return {
    contender: "tfjs",
    backend,
    async open(id, factors) {
      const { tf, notes } = await openTensorFlow(backend, wasmPath);
      const [left, right] = operands(id, factors);
      const place = ({ values, shape }: Operand): Core.Tensor2D =>
        // What an operation has made lies on the device.
        tf.tidy(() => tf.mul(tf.tensor2d(values, shape), 1));
      return tfjsSession(
        tf,
        backend,
        [place(left), place(right)],
        [left.transposed, right.transposed],
        notes,
      );
    },
  };
}

function tfjsSession(
  tf: typeof Core,
  backend: Backend,
  [a, b]: [Core.Tensor2D, Core.Tensor2D],
  [transposeA, transposeB]: [boolean, boolean],
  notes: string[],
): ProductSession {
  let last: Core.Tensor | undefined;
  const run = async (n: number): Promise<void> => {
    await tf.setBackend(backend);
    for (let i = 0; i < n; i++) {
      last?.dispose();
      last = tf.matMul(a, b, transposeA, transposeB);
    }
  };
  const total = async (): Promise<number> => {
    const sum = tf.tidy(() => tf.sum(last!));
    const [value] = await sum.data();
    sum.dispose();
    return value;
  };
  return {
    notes,
    run,
    checksum: total,
    async total() {
      await run(1);
      return total();
    },
    dispose: () => tf.dispose([a, b, ...(last === undefined ? [] : [last])]),
  };
}

/** Its results are computed when they are asked for, so that each has to be; but not one by one. */
const JAX_AT_ONCE = 16;

export function jaxProduct(backend: Backend): ProductContender {
  return {
    contender: "jax",
    backend,
    async open(id, factors) {
      const { jax, notes } = await openJax(backend);
      jax.defaultDevice(backend);
      const { numpy: np, jit } = jax;
      const [left, right] = operands(id, factors);
      const place = ({ values, shape }: Operand): Jax.Array =>
        np.array(values, { shape, dtype: np.float32, device: backend });
      const multiply = jit((a: Jax.Array, b: Jax.Array) =>
        np.matmul(left.transposed ? np.transpose(a) : a, right.transposed ? np.transpose(b) : b),
      );
      return jaxSession(jax, backend, [place(left), place(right)], multiply, notes);
    },
  };
}

function jaxSession(
  jax: typeof Jax,
  backend: Backend,
  [a, b]: [Jax.Array, Jax.Array],
  multiply: (a: Jax.Array, b: Jax.Array) => Jax.Array,
  notes: string[],
): ProductSession {
  const sumOf = jax.jit((product: Jax.Array) => product.sum());
  let last: Jax.Array | undefined;
  const run = async (n: number): Promise<void> => {
    jax.defaultDevice(backend);
    for (let left = n; left > 0; left -= JAX_AT_ONCE) {
      const products = Array.from({ length: Math.min(left, JAX_AT_ONCE) }, () => multiply(a.ref, b.ref));
      await jax.blockUntilReady(products);
      last?.dispose();
      last = products.pop();
      jax.tree.dispose(products);
    }
  };
  const total = async (): Promise<number> => {
    const [value] = await sumOf(last!.ref).data();
    return value;
  };
  return {
    notes,
    run,
    checksum: total,
    async total() {
      await run(1);
      return total();
    },
    dispose: () => jax.tree.dispose([a, b, ...(last === undefined ? [] : [last])]),
  };
}
