/** Light, dark, or as the system has it. */
import { nextTheme, theme } from "../state/theme.ts";

const NAMES = { system: "Auto", light: "Light", dark: "Dark" };

export function ThemeButton() {
  return (
    <button type="button" class="quiet" onClick={nextTheme}>
      <span class="unseen">Colours: </span>
      {NAMES[theme.value]}
    </button>
  );
}
