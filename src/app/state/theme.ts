/** Light, dark, or as the system has it; remembered where the browser allows it. */
import { effect, signal } from "@preact/signals";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "backlit-theme";

export const theme = signal<Theme>(stored());

/** Counts up whenever the colours may have changed: for what is painted on a canvas. */
export const palette = signal(0);

function stored(): Theme {
  try {
    return THEMES.find((candidate) => candidate === localStorage.getItem(KEY)) ?? "system";
  } catch {
    // Storage may be forbidden; the system's theme will do.
    return "system";
  }
}

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Not remembered then.
  }
}

export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
    palette.value = palette.peek() + 1;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => palette.value++);
}
