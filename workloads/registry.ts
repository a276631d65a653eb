import { get } from "./get.ts";
import { put } from "./put.ts";
import { register } from "./register.ts";
import { set } from "./set.ts";
import { watch } from "./watch.ts";
import type { Workload } from "./workload.ts";

/** Every workload by name. */
export const workloads = { register, set, watch, put, get } as const satisfies Readonly<
  Record<string, Workload>
>;
