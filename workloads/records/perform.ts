/** Performs calls on records: pads on the way out, and checks the padding of what comes back. */
import type { ClientWith } from "../../adapters/client/client.ts";
import { assert } from "../../core/assert.ts";
import { ClientError } from "../../core/errors.ts";
import type { Call, Json, Result, Revision } from "../../core/op.ts";
import type { Actor, At, WorkloadRun } from "../workload.ts";
import { Payload } from "./payload.ts";

/** Performs a call in the run's read mode, or in the one that the call names. */
export type Perform = Actor<"kv", Call>["perform"];

export function performer(run: WorkloadRun): Perform {
  const payload = new Payload(run);
  return (client, call, at) => perform(client, call, at, { payload, mode: call.mode ?? run.readMode });
}

interface How {
  readonly payload: Payload;
  readonly mode: string;
}

async function perform(
  { kv }: ClientWith<"kv">,
  { f, key, value = null }: Call,
  { ask }: Pick<At, "ask">,
  { payload, mode }: How,
): Promise<Result> {
  assert(key !== undefined, `a record's ${f} without a key`);
  const name = payload.key(key);
  switch (f) {
    case "read": {
      const read = await kv.read(name, mode, ask);
      return {
        value: payload.shortValue(read.value),
        ...(read.revision !== undefined && { revision: read.revision }),
        ...(read.modRevision !== undefined && { modRevision: read.modRevision }),
      };
    }
    case "write":
      return changed(value, await kv.write(name, payload.value(value), ask));
    case "cas": {
      const [from, to] = value as readonly Json[];
      return changed(value, await kv.cas(name, payload.value(from), payload.value(to), ask));
    }
    default:
      throw new ClientError("unsupported", `records have no ${f}`);
  }
}

export const changed = (value: Json, revision: Revision | undefined): Result => ({
  value,
  ...(revision !== undefined && { revision }),
});
