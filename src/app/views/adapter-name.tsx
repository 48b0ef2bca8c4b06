/** An adapter's name; what is no GPU is never left to look like one. */
import type { AdapterSummary } from "../../core/engine.ts";

export function AdapterName({ adapter }: { adapter: AdapterSummary }) {
  const { vendor, architecture, device, description, software } = adapter;
  const parts = [description || device, vendor, architecture].filter(Boolean);
  const name = [...new Set(parts)].join(", ") || "unnamed adapter";
  if (vendor === "cpu") return <span>{description}</span>;
  return (
    <span>
      {name}
      {software && <strong class="caution"> software adapter, not a GPU</strong>}
    </span>
  );
}
