/** How the curves are looked at, and which earlier runs lie behind them. */
import { decimal, grouped } from "../format.ts";
import { logLoss, smoothing, zoom } from "../state/curve-view.ts";
import { ghosts, setCompared } from "../state/runs.ts";

/** Of the text that says which keys a plot takes. */
export const PLOT_KEYS_ID = "plot-keys";

export function CurveControls() {
  return (
    <div class="controls curve-controls">
      <label class="slider">
        Smoothing
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={smoothing.value}
          aria-valuetext={smoothing.value === 0 ? "none" : decimal(smoothing.value, 2)}
          onInput={(event) => (smoothing.value = Number(event.currentTarget.value))}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={logLoss.value}
          onChange={(event) => (logLoss.value = event.currentTarget.checked)}
        />
        Loss on a log scale
      </label>
      {zoom.value ? (
        <button
          type="button"
          class="quiet"
          title="Or double-click in a plot, or press 0 in it"
          onClick={() => (zoom.value = null)}
        >
          Show all steps
        </button>
      ) : (
        <span class="hint">Drag over a plot to zoom in, or press + and − in it.</span>
      )}
      <span role="status">
        {zoom.value && `Steps ${grouped(zoom.value[0])} to ${grouped(zoom.value[1])}`}
      </span>
      <span id={PLOT_KEYS_ID} class="unseen">
        Plus and minus zoom, the arrow keys move along, 0 shows all steps. The table below holds the figures
        of every epoch.
      </span>
      <Compared />
    </div>
  );
}

function Compared() {
  if (ghosts.value.length === 0) return null;
  return (
    <ul class="compared" aria-label="Compared with">
      {ghosts.value.map(({ run, title, colour }) => (
        <li key={run.id} class={`ghost-${colour}`}>
          <span class="key">{title}</span>
          <button
            type="button"
            class="link"
            aria-label={`Stop comparing with ${title}`}
            onClick={() => setCompared(run.id, false)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
