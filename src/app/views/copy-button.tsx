/** Puts a line of text into the clipboard, and says so; where the browser refuses, it shows the line to be copied by hand. */
import { useSignal } from "@preact/signals";

interface Props {
  label: string;
  /** Asked for when it is pressed. */
  text: () => string;
  /** As buttons are styled. */
  kind?: "quiet" | "secondary";
}

const SHOWN_MS = 2000;

export function CopyButton({ label, text, kind = "quiet" }: Props) {
  const state = useSignal<"ready" | "copied" | "refused">("ready");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      state.value = "copied";
      setTimeout(() => {
        if (state.value === "copied") state.value = "ready";
      }, SHOWN_MS);
    } catch {
      state.value = "refused";
    }
  };
  return (
    <>
      <button type="button" class={kind} onClick={() => void copy()}>
        <span aria-live="polite">{state.value === "copied" ? "Copied" : label}</span>
      </button>
      {state.value === "refused" && (
        <input
          class="copy-by-hand"
          type="text"
          readOnly
          aria-label={`${label}: the browser does not allow it; copy this by hand`}
          value={text()}
          onFocus={(event) => event.currentTarget.select()}
        />
      )}
    </>
  );
}
