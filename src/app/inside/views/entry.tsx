/** One entry of a matrix, and the field that it becomes while it is changed. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { figure } from "../../format.ts";
import { unreadable } from "../state/selection.ts";

interface Props {
  /** Among what is shown of the matrix. */
  place: readonly [row: number, column: number];
  /** Undefined where entries are left out. */
  value: number | undefined;
  /** The largest size of an entry of the matrix. */
  largest: number;
  takesFocus: boolean;
  /** Whether it can be changed. */
  given: boolean;
  editing: boolean;
  /** Of an entry that can be changed. */
  name: string;
  onBegin: () => void;
  /** With the new value; without one, nothing is changed. */
  onFinish: (value?: number) => void;
}

export function Entry(props: Props) {
  const { place, value, largest, takesFocus, given, editing, name, onBegin, onFinish } = props;
  const classes = `${sign(value)}${given ? " given" : ""}`;
  const strength = value === undefined || !(largest > 0) ? 0 : Math.abs(value) / largest;
  return (
    <td
      role="gridcell"
      class={classes}
      tabIndex={takesFocus ? 0 : -1}
      data-place={place.join(",")}
      aria-selected={false}
      aria-readonly={!given}
      style={strength > 0 ? { "--strength": strength.toFixed(3) } : undefined}
      onClick={given && !editing ? onBegin : undefined}
    >
      {value === undefined ? "…" : figure(value)}
      {editing && <Field name={name} value={value!} onFinish={onFinish} />}
    </td>
  );
}

function sign(value: number | undefined): string {
  if (value === undefined) return "gap";
  return value > 0 ? "up" : value < 0 ? "down" : "zero";
}

/** Lies over the figure, which keeps the room that it has: nothing moves while a number is typed. */
function Field({
  name,
  value,
  onFinish,
}: {
  name: string;
  value: number;
  onFinish: (value?: number) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  // A field that is taken away loses the focus, too.
  const done = useRef(false);
  useLayoutEffect(() => {
    field.current!.focus();
    field.current!.select();
    // Where the address leads elsewhere meanwhile, what was typed belongs to a step that is no longer shown.
    return () => {
      done.current = true;
      unreadable.value = null;
    };
  }, []);
  const finish = (result?: number): void => {
    if (done.current) return;
    done.current = true;
    unreadable.value = null;
    // The same number is no change.
    onFinish(result === value ? undefined : result);
  };
  const typed = (): number => {
    const text = field.current!.value.trim().replace("−", "-");
    return text === "" ? Number.NaN : Number(text);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    if (event.key === "Escape") finish();
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (Number.isFinite(typed())) finish(typed());
    else unreadable.value = field.current!.value;
  };
  return (
    <input
      ref={field}
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-label={name}
      aria-invalid={unreadable.value !== null}
      defaultValue={String(value)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        if (!done.current) finish(Number.isFinite(typed()) ? typed() : undefined);
      }}
    />
  );
}
