/** Bytes that a key takes, from what the nodes grew by while keys were put in place before the load. */
import type { Run } from "../../core/run.ts";

/** Growth by fewer keys is mostly that of buffers and logs. */
const enoughKeys = 1_000;

/** Bytes for each key, all nodes together; undefined if there were too few keys, or the growth is not known. */
export function perKey({ growth }: Pick<Run, "growth">): { memory: number; disk: number } | undefined {
  if (growth === undefined || growth.keys < enoughKeys) return undefined;
  return { memory: growth.memoryBytes / growth.keys, disk: growth.diskBytes / growth.keys };
}
