/** What was wrong with the address. */
import { linkProblems } from "../state/link.ts";

export function LinkProblems() {
  if (linkProblems.value.length === 0) return null;
  return (
    <div class="notice" role="status">
      <h3>This link is not quite right</h3>
      <ul>
        {linkProblems.value.map((problem) => (
          <li key={problem}>{problem}.</li>
        ))}
      </ul>
      <p>That was ignored; everything else applies.</p>
      <button type="button" class="quiet" onClick={() => (linkProblems.value = [])}>
        Understood
      </button>
    </div>
  );
}
