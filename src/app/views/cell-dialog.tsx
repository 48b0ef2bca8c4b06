/** The images behind one count of a confusion matrix. */
import { counted } from "../format.ts";
import { cellImages, closeCell, openCell } from "../state/cell.ts";
import { evaluation, validated } from "../state/run.ts";
import { Dialog } from "./dialog.tsx";
import { ReadImage } from "./read-image.tsx";

export function CellDialog() {
  const cell = openCell.value;
  const result = cell?.split === "test" ? evaluation.value : validated.value;
  const name = (label: number): string => result?.dataset.classes[label] ?? String(label);
  const title = !cell
    ? ""
    : cell.truth === cell.predicted
      ? `${name(cell.truth)}, read rightly`
      : `${name(cell.truth)}, read as ${name(cell.predicted)}`;
  return (
    <Dialog title={title} open={cell !== null && result !== null} onClose={closeCell}>
      {cell && result && <Images split={cell.split} dataset={result.dataset} />}
    </Dialog>
  );
}

type Dataset = NonNullable<typeof evaluation.value>["dataset"];

function Images({ split, dataset }: { split: string; dataset: Dataset }) {
  const found = cellImages.value;
  if (found === null) return <p class="fine">Reading …</p>;
  if (found === "gone") {
    return (
      <p>These images are no longer at hand: the run they belong to was ended. Train again to see them.</p>
    );
  }
  const { total, images } = found;
  return (
    <>
      <p class="fine">
        {counted(total, `${split} image`)}
        {images.length < total && `, of which ${images.length} are shown`}; the costliest first.
      </p>
      <ul class="mistakes">
        {images.map((image) => (
          <ReadImage key={image.index} image={image} dataset={dataset} />
        ))}
      </ul>
    </>
  );
}
