/** Downloads as a person follows them: a bar on a terminal, a line per file elsewhere. */
import { SingleBar } from "cli-progress";
import type { DownloadProgress } from "../data/download.ts";
import { byteSize } from "./format.ts";
import type { Output } from "./output.ts";

/** @returns what to hand to the loader, and `end` to take a bar away */
export function downloadProgress(output: Output): {
  onProgress: (progress: DownloadProgress) => void;
  end: () => void;
} {
  let file = "";
  let bar: SingleBar | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const onProgress = (progress: DownloadProgress): void => {
    const { received, total, mirror } = progress;
    if (progress.file !== file) {
      end();
      file = progress.file;
      output.say(`Fetching ${file} from ${mirror}${total ? ` (${byteSize(total)})` : ""} …`);
      if (output.live && total) {
        bar = new SingleBar({
          format: "  {bar} {percentage} %  ETA {eta_formatted}",
          stream: output.err,
          clearOnComplete: true,
          hideCursor: true,
        });
        bar.start(total, 0);
      }
    }
    bar?.update(received);
  };
  return { onProgress, end };
}
