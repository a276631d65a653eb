/** The load of the workload `watch`: puts, deletes, transactions of several keys, and reads. */
import type { ClientWith } from "../../adapters/client/client.ts";
import type { TxnChange } from "../../adapters/client/txn.ts";
import { assert } from "../../core/assert.ts";
import { ClientError } from "../../core/errors.ts";
import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import type { Random } from "../../core/random.ts";
import type { Actor, At, Self, WorkloadRun } from "../workload.ts";
import type { Keys } from "./keys.ts";
import type { Known } from "./known.ts";
import { option } from "./options.ts";
import { encode, readResult } from "./values.ts";

type Client = ClientWith<"kv" | "delete" | "txn">;

export interface WritersContext {
  readonly run: WorkloadRun;
  readonly keys: Keys;
  readonly known: Known;
  /** A value that nobody else writes. */
  readonly value: () => number;
}

export const writer = (context: WritersContext, { random }: Self): Actor<"kv" | "delete" | "txn", Call> => ({
  next: () => nextCall(context, random),
  observe: (call, outcome) => observe(context.known, call, outcome),
  perform: (client, call, { ask }) =>
    performWrite(client, call, { mode: call.mode ?? context.run.readMode, ask }),
});

function nextCall({ run, keys, value }: WritersContext, random: Random): Call {
  const dice = random.integer(0, 99);
  const reads = option(run, "read-percent");
  const deletes = reads + option(run, "delete-percent");
  if (dice < reads) return { f: "read", key: keys.pick(random) };
  if (dice < deletes) return { f: "delete", key: keys.pick(random) };
  if (dice >= deletes + option(run, "txn-percent"))
    return { f: "write", key: keys.pick(random), value: value() };
  // One key at least is written, so that every transaction has a revision of its own.
  const changes = keys
    .several(random)
    .map(
      (key, i): Json =>
        i > 0 && random.chance(0.3) ? { f: "delete", key } : { f: "write", key, value: value() },
    );
  return { f: "txn", value: changes };
}

function observe(known: Known, { f, key = "" }: Call, outcome: Outcome): void {
  if (outcome.type !== "ok") return;
  const { revision, value } = outcome.output;
  if (f === "delete" && value === true) known.deleted(key, revision);
  else known.reached(revision);
}

export async function performWrite(
  client: Client,
  { f, key = "", value = null }: Call,
  { mode, ask }: { readonly mode: string } & Pick<At, "ask">,
): Promise<Result> {
  switch (f) {
    case "read":
      return readResult(await client.kv.read(key, mode, ask));
    case "write":
      return changed(value, await client.kv.write(key, encode(value), ask));
    case "delete": {
      const { existed, revision } = await client.delete(key, ask);
      return changed(existed, revision);
    }
    case "txn":
      return changed(value, await client.txn.commit(changesOf(value), ask));
    default:
      throw new ClientError("unsupported", `a writer has no ${f}`);
  }
}

const changed = (value: Json, revision: number | undefined): Result => ({
  value,
  ...(revision !== undefined && { revision }),
});

function changesOf(value: Json): TxnChange[] {
  assert(Array.isArray(value), "a transaction without changes");
  return (value as readonly { readonly f: string; readonly key: string; readonly value?: Json }[]).map(
    ({ f, key, value: held = null }) =>
      f === "delete" ? { f, key } : { f: "write", key, value: encode(held) },
  );
}
