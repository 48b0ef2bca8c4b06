/** What was wrong with an address: named, ignored, and gone once it is understood. */

interface Props {
  /** Sentences without their full stops. */
  problems: readonly string[];
  onUnderstood: () => void;
}

export function LinkProblems({ problems, onUnderstood }: Props) {
  if (problems.length === 0) return null;
  return (
    <div class="notice link-problems" role="status">
      <h2>This link is not quite right</h2>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}.</li>
        ))}
      </ul>
      <p>{problems.length === 1 ? "It was" : "They were"} ignored; everything else applies.</p>
      <button type="button" class="quiet" onClick={onUnderstood}>
        Understood
      </button>
    </div>
  );
}
