/** What the lines of a plot are, with their values at the pointer or, without one, at the end of each run. */
import type { ReadonlySignal } from "@preact/signals";
import { grouped } from "../format.ts";
import type { Reading } from "../state/curve-reading.ts";
import { start } from "../state/run.ts";
import { ghosts } from "../state/runs.ts";

interface Props {
  id: string;
  /** Of the run's own curves, then of each compared run's. */
  read: ReadonlySignal<readonly Reading[]>;
  format: (value: number) => string;
}

export function CurveLegend({ id, read, format }: Props) {
  const [own, ...compared] = read.value;
  if (ghosts.value.length === 0) return <OwnLegend id={id} reading={own} format={format} />;
  return (
    <table class="legend" id={id}>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Training</th>
          <th scope="col">Validation</th>
          <th scope="col">Step</th>
        </tr>
      </thead>
      <tbody>
        {start.value && <Row title="This run" reading={own} format={format} />}
        {ghosts.value.map(({ run, title, colour }, i) => (
          <Row key={run.id} title={title} colour={colour} reading={compared[i]} format={format} />
        ))}
      </tbody>
    </table>
  );
}

function OwnLegend({ id, reading, format }: { id: string; reading: Reading; format: Props["format"] }) {
  const { step, train, validation } = reading;
  return (
    <p class="legend" id={id}>
      <span class="key train">Training {train !== null && <b>{format(train)}</b>}</span>
      <span class="key validation">Validation {validation !== null && <b>{format(validation)}</b>}</span>
      {step !== null && <span class="at">at step {grouped(step)}</span>}
    </p>
  );
}

interface RowProps {
  title: string;
  /** Which of the colours for compared runs; none for the run itself. */
  colour?: number;
  reading: Reading;
  format: Props["format"];
}

function Row({ title, colour, reading: { step, train, validation }, format }: RowProps) {
  return (
    <tr class={colour === undefined ? undefined : `ghost-${colour}`}>
      <th scope="row">{title}</th>
      <td>
        <span class="key train">
          <Value value={train} format={format} />
        </span>
      </td>
      <td>
        <span class="key validation">
          <Value value={validation} format={format} />
        </span>
      </td>
      <td>{step === null ? <None /> : grouped(step)}</td>
    </tr>
  );
}

function Value({ value, format }: { value: number | null; format: Props["format"] }) {
  return value === null ? <None /> : <b>{format(value)}</b>;
}

function None() {
  return (
    <>
      <span aria-hidden="true">–</span>
      <span class="unseen">none</span>
    </>
  );
}
