/** Cases as JUnit XML, which most CI systems show. */

export interface JunitCase {
  /** What its cases are grouped by. */
  group: string;
  name: string;
  seconds: number;
  /** Empty when it passed. */
  failure: string;
  /** Why it did not run; missing where it did. */
  skipped?: string;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as XML allows it: entities, and none of the characters that XML has no way to write. */
function xml(text: string): string {
  return text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (c) => (/[\t\n\r]/.test(c) ? c : "?"))
    .replace(/[&<>"]/g, (c) => ENTITIES[c]);
}

export function junitXml(title: string, cases: readonly JunitCase[]): string {
  const groups = grouped(cases);
  const counts = (some: readonly JunitCase[]): string => {
    const skipped = some.filter((each) => each.skipped !== undefined).length;
    return [
      `tests="${some.length}" failures="${some.filter(({ failure }) => failure !== "").length}"`,
      ...(skipped > 0 ? [`skipped="${skipped}"`] : []),
      `time="${some.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)}"`,
    ].join(" ");
  };
  const suites = [...groups].map(([group, own]) => {
    const lines = own.map(({ name, seconds, failure, skipped }) => {
      const head = `    <testcase classname="${xml(group)}" name="${xml(name)}" time="${seconds.toFixed(3)}"`;
      if (skipped !== undefined) {
        return `${head}>\n      <skipped message="${xml(skipped)}"/>\n    </testcase>`;
      }
      return failure === ""
        ? `${head}/>`
        : `${head}>\n      <failure message="${xml(failure.split("\n")[0])}">${xml(failure)}</failure>\n    </testcase>`;
    });
    return `  <testsuite name="${xml(group)}" ${counts(own)}>\n${lines.join("\n")}\n  </testsuite>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(title)}" ${counts(cases)}>`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function grouped(cases: readonly JunitCase[]): Map<string, JunitCase[]> {
  const groups = new Map<string, JunitCase[]>();
  for (const each of cases) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return groups;
}
