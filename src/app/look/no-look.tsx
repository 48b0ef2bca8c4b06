/** In the place of a look at a run's parameters, while there is none. */
import { lastLook } from "../state/look.ts";

export function NoLook() {
  return (
    <p class="fine">
      {lastLook.value === null ? "None: the run ended before its parameters were looked at." : "Looking …"}
    </p>
  );
}
