/** Every tensor of the model in a few numbers. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TensorSummary } from "../../model/tensor-summary.ts";
import type { HeldModel } from "../state/model.ts";
import { significant } from "../format.ts";
import { tensorsOf } from "../state/reader.ts";

export function Tensors({ model }: { model: HeldModel }) {
  const tensors = useSignal<TensorSummary[] | string>([]);
  useEffect(() => {
    let current = true;
    tensorsOf(model).then(
      (found) => current && (tensors.value = found),
      (error: Error) => current && (tensors.value = error.message),
    );
    return () => {
      current = false;
    };
  }, [model]);
  return (
    <section aria-labelledby="tensors-title">
      <h3 id="tensors-title">Tensors</h3>
      {typeof tensors.value === "string" ? (
        <p class="notice grave">They could not be summed up: {tensors.value}</p>
      ) : (
        <div class="scroller" tabIndex={0} role="region" aria-label="Tensors of the model">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Shape</th>
                <th scope="col">Values from least to most</th>
                <th scope="col">Least</th>
                <th scope="col">Mean</th>
                <th scope="col">Most</th>
                <th scope="col">Norm</th>
              </tr>
            </thead>
            <tbody>
              {tensors.value.map((tensor) => (
                <tr key={tensor.name}>
                  <th scope="row">{tensor.name}</th>
                  <td>[{tensor.shape.join(", ")}]</td>
                  <td>
                    <Histogram tensor={tensor} />
                  </td>
                  <td>{significant(tensor.min)}</td>
                  <td>{significant(tensor.mean)}</td>
                  <td>{significant(tensor.max)}</td>
                  <td>{significant(tensor.norm)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Histogram({ tensor: { name, histogram } }: { tensor: TensorSummary }) {
  const most = Math.max(...histogram);
  return (
    <svg
      class="tensor-histogram"
      viewBox={`0 0 ${histogram.length} 24`}
      role="img"
      aria-label={`Histogram of ${name}: ${histogram.join(", ")} values from least to most`}
      preserveAspectRatio="none"
    >
      {histogram.map((count, bin) => {
        // A single value among thousands should still be seen.
        const height = count === 0 ? 0 : Math.max(1, (24 * count) / most);
        return <rect key={bin} x={bin + 0.1} y={24 - height} width="0.8" height={height} />;
      })}
    </svg>
  );
}
