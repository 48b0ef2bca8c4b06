/** Types of office.js for the tests. */
export function findOffice(): string | undefined;
export function ensureOffice(): string | undefined;
