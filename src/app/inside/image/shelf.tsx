/** The images to pick from. */
import { useMemo, useRef } from "preact/hooks";
import type { DatasetSummary } from "../../../model/metadata.ts";
import { moved } from "../../state/grid.ts";
import { addresses } from "../../state/route.ts";
import { lit } from "../../views/light-box.tsx";
import { Canvas } from "./canvas.tsx";
import type { Picture, Shelf } from "./pictures.ts";
import { index, place, shelf, shelves, show } from "./state.ts";

export function ShelfView({ dataset }: { dataset: DatasetSummary }) {
  const chosen = shelf.value;
  if (chosen === undefined) return null;
  const { source } = chosen;
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
      <Pictures key={source} shelf={chosen} dataset={dataset} />
      <p class="fine">
        <a href={addresses.value.draw}>{source === "drawing" ? "Go on drawing" : "Draw one yourself"}</a>
        {place.value.source === "drawing" && source !== "drawing" && ": there is no drawing yet"}
      </p>
    </div>
  );
}

/** One stop of the Tab key, however many there are; arrows choose, as in any group of which one is chosen. */
function Pictures({ shelf: { source, pictures }, dataset }: { shelf: Shelf; dataset: DatasetSummary }) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.metaKey || event.altKey) return;
    const columns = getComputedStyle(list.current!).gridTemplateColumns.split(" ").length;
    const at = [Math.floor(index.value / columns), index.value % columns] as const;
    const rows = Math.ceil(pictures.length / columns);
    const next = moved(event.key, at, rows, columns, event.ctrlKey);
    if (next === undefined) return;
    event.preventDefault();
    const number = Math.min(pictures.length - 1, next[0] * columns + next[1]);
    show(source, number);
    (list.current!.children[number] as HTMLElement).focus();
  };
  return (
    <div ref={list} class="pictures" role="radiogroup" aria-label="Images" onKeyDown={onKeyDown}>
      {pictures.map((picture, number) => (
        <button
          key={number}
          type="button"
          role="radio"
          aria-checked={number === index.value}
          tabIndex={number === index.value ? 0 : -1}
          onClick={() => show(source, number)}
          aria-label={
            picture.label === undefined
              ? "Your drawing"
              : `Image ${number + 1}: ${dataset.classes[picture.label]}`
          }
        >
          <Thumbnail picture={picture} dataset={dataset} />
        </button>
      ))}
    </div>
  );
}

function Thumbnail({ picture, dataset: { height, width } }: { picture: Picture; dataset: DatasetSummary }) {
  const image = useMemo(() => lit(picture.pixels, height, width), [picture, height, width]);
  return <Canvas image={image} />;
}
