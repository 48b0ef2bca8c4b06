/** Commands that a person may copy into a shell. */

/** `npm run` names its script there: what was called by one is repeated by one. */
const SCRIPT = "npm_lifecycle_event";

/** The verb as it was reached, its arguments quoted where a shell would take them apart. */
export function shellCommand(
  verb: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string {
  const script = env[SCRIPT] ?? "";
  const command =
    script === verb
      ? `npm run ${verb} --`
      : script === "backlit"
        ? `npm run backlit -- ${verb}`
        : `backlit ${verb}`;
  return [command, ...args.map((word) => shellWord(word))].join(" ");
}

/** In single quotes, within which a shell of POSIX sees nothing but the text; in double ones on Windows. */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (platform === "win32") return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}
