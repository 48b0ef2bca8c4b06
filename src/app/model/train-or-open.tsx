/** How to come by a model, where a view has none to work with. */
import { addresses } from "../state/route.ts";
import { PickFile } from "./pick-file.tsx";

export function TrainOrOpen() {
  return (
    <>
      <p>
        <a href={addresses.value.train}>Train one now</a>: synthetic digits take no download. Or open a file
        of one, here or by dropping it anywhere on the page.
      </p>
      <PickFile />
    </>
  );
}
