/** The held model, for a view that works with it. */
import { useEffect } from "preact/hooks";
import { followRun } from "../state/follow-run.ts";
import { heldModel, type HeldModel } from "../state/model.ts";
import { restoreModel } from "./keep.ts";

/**
 * Where there is none, the one that an earlier visit kept comes back.
 * @param live whether to look at a run's latest checkpoint while the run is under way
 */
export function useModel({ live = false } = {}): HeldModel | null {
  useEffect(() => {
    void restoreModel();
    return live ? followRun() : undefined;
  }, [live]);
  return heldModel.value;
}
