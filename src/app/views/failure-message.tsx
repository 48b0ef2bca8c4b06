/** What an error says: in one paragraph, or what it says first, with the rest folded. */
import { sentence } from "../format.ts";

/** What became of each mirror is told to whoever asks. */
export function FailureMessage({ text }: { text: string }) {
  const [first, ...rest] = text.split("\n");
  if (rest.length === 0) return <p class="message">{sentence(text)}</p>;
  return (
    <div class="message">
      <p>{sentence(first.replace(/:$/, ""))}</p>
      <details>
        <summary>What was tried</summary>
        <ul>
          {rest.map((line) => (
            <li key={line}>{line.trim()}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
