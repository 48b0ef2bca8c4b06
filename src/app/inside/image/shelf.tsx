/** The images to pick from. */
import { useMemo } from "preact/hooks";
import type { DatasetSummary } from "../../../model/metadata.ts";
import { addresses } from "../../state/route.ts";
import { lit } from "../../views/light-box.tsx";
import { Canvas } from "./canvas.tsx";
import type { Picture } from "./pictures.ts";
import { index, place, shelf, shelves, show } from "./state.ts";

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
              aria-label={
                picture.label === undefined
                  ? "Your drawing"
                  : `Image ${number + 1}: ${dataset.classes[picture.label]}`
              }
            >
              <Thumbnail picture={picture} dataset={dataset} />
            </button>
          </li>
        ))}
      </ul>
      <p class="fine">
        <a href={addresses.value.draw}>{source === "drawing" ? "Go on drawing" : "Draw one yourself"}</a>
        {place.value.source === "drawing" && source !== "drawing" && ": there is no drawing yet"}
      </p>
    </div>
  );
}

function Thumbnail({ picture, dataset: { height, width } }: { picture: Picture; dataset: DatasetSummary }) {
  const image = useMemo(() => lit(picture.pixels, height, width), [picture, height, width]);
  return <Canvas image={image} />;
}
