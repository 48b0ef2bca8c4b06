/** Every proof. */
import type { Proof } from "../equivalents.ts";
import { GUARDS } from "./guards.ts";
import { ZEROS } from "./zeros.ts";
import { ROLES } from "./roles.ts";
import { VALUES } from "./values.ts";

export const PROOFS: readonly Proof[] = [...GUARDS, ...ZEROS, ...ROLES, ...VALUES];
