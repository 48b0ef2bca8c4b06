/** Files that a person drags onto the page, or picks: a model, a checkpoint, a run, or IDX files to train on. */
import { batch, effect, signal } from "@preact/signals";
import { BacklitError, toBacklitError } from "../../core/errors.ts";
import { OWN_FILES } from "./datasets.ts";
import { setOption } from "./options.ts";
import { placeFiles } from "./own-files.ts";
import { addresses, queryOf, view } from "./route.ts";

/** Whether files are held over the page. */
export const dragging = signal(false);

/** What was wrong with the last file, until the next one, until it is dismissed, or until another view is shown. */
export const refusal = signal<{ name: string; error: BacklitError } | null>(null);

/** Which of several files was taken, and which were not, until that is read. */
export const leftOut = signal<{ taken: string; others: readonly string[] } | null>(null);

effect(() => {
  void view.value;
  refusal.value = null;
});

/** Shows an overlay while files are held over the page, whatever its view, and takes them when they are dropped. */
export function listenToDrops(): void {
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  // Entering an element comes before leaving the one around it, so the two are counted.
  let depth = 0;
  const show = (now: number): void => {
    depth = Math.max(0, now);
    dragging.value = depth > 0;
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && show(depth + 1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && show(depth - 1));
  document.addEventListener("dragover", (event) => {
    // Only then the browser does not open the file itself.
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(0);
    void takeFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** IDX files have no name of their own kind, but these parts since MNIST. */
const IDX = /idx|ubyte|(images|labels)(\.gz)?$/i;

/** What the page opens. */
const OPENED = /\.(safetensors|zip)$/i;

/** Data goes to the training view; of several other files one is opened. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  batch(() => {
    refusal.value = null;
    leftOut.value = null;
  });
  const data = files.filter(({ name }) => IDX.test(name));
  if (data.length > 0) {
    batch(() => {
      setOption("data", OWN_FILES);
      placeFiles(
        data,
        files.filter((each) => !data.includes(each)),
      );
    });
    location.hash = addresses.peek().train;
    return;
  }
  const file = files.find(({ name }) => OPENED.test(name)) ?? files[0];
  const others = files.filter((each) => each !== file).map(({ name }) => name);
  if (others.length > 0) leftOut.value = { taken: file.name, others };
  try {
    if (await isPictureToRead(file)) {
      const { takePicture } = await import("../draw/picture.ts");
      await takePicture(file);
      return;
    }
    const { openFile } = await import("../model/open-file.ts");
    await openFile(file);
    if (!looksAtModel()) location.hash = addresses.peek().model;
  } catch (error) {
    refusal.value = { name: file.name, error: toBacklitError(error) };
  }
}

/** Enough for any signature. */
const START = 16;

async function isPictureToRead(file: File): Promise<boolean> {
  if (view.peek() !== "draw") return false;
  const { recogniseFile } = await import("../../core/file-kind.ts");
  return recogniseFile(new Uint8Array(await file.slice(0, START).arrayBuffer()))?.kind === "image";
}

/** Whoever draws, or follows an image, goes on with the new model. */
function looksAtModel(): boolean {
  if (view.peek() === "draw") return true;
  return view.peek() === "inside" && new URLSearchParams(queryOf("inside")).get("show") === "image";
}
