import { register } from "./register.ts";
import type { Workload } from "./workload.ts";

/** Every workload by name. */
export const workloads = { register } as const satisfies Readonly<Record<string, Workload>>;
