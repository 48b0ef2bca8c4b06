/** The images to pick from. */
import { useMemo } from "preact/hooks";
import type { DatasetSummary } from "../../../model/metadata.ts";
import { lit } from "../../views/light-box.tsx";
import { Canvas } from "./canvas.tsx";
import type { Picture } from "./pictures.ts";
import { index, shelf, shelves, show } from "./state.ts";

export function ShelfView({ dataset }: { dataset: DatasetSummary }) {
  const chosen = shelf.value;
  if (chosen === undefined) return null;
  const { source, pictures } = chosen;
  return (
    <div class="shelf">
      <div class="field">
        <label for="inside-source">Images</label>
        <select
          id="inside-source"
          value={source}
          onChange={({ currentTarget }) => show(currentTarget.value as typeof source, 0)}
        >
          {shelves.value.map((each) => (
            <option key={each.source} value={each.source}>
              {each.title}
            </option>
          ))}
        </select>
      </div>
      <ul class="pictures">
        {pictures.map((picture, number) => (
          <li key={`${source} ${number}`}>
            <button
              type="button"
              aria-pressed={number === index.value}
              onClick={() => show(source, number)}
              aria-label={`Image ${number + 1}: ${dataset.classes[picture.label]}`}
            >
              <Thumbnail picture={picture} dataset={dataset} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Thumbnail({ picture, dataset: { height, width } }: { picture: Picture; dataset: DatasetSummary }) {
  const image = useMemo(() => lit(picture.pixels, height, width), [picture, height, width]);
  return <Canvas image={image} />;
}
