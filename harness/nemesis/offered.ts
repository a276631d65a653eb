import type { Adapter } from "../../adapters/adapter.ts";
import type { Fault } from "../../core/fault.ts";
import { nodeId } from "../../core/op.ts";
import { realClock } from "../../core/real-clock.ts";

/** Faults that a system offers, whatever it runs in: what its operator can do, and what its nodes' logs tell. */
export function offeredBy({ admin, deployment }: Pick<Adapter, "admin" | "deployment">): ReadonlySet<Fault> {
  const faults = new Set<Fault>();
  if (deployment.snapshotReceived !== undefined) faults.add("snapshot");
  // It connects when it is first asked something.
  const nowhere = { node: nodeId("none"), host: "127.0.0.1", port: 1 };
  const operator = admin?.(nowhere, { timeoutMs: 1, clock: realClock() });
  if (operator?.moveLeader !== undefined) faults.add("leader-move");
  if (operator?.compact !== undefined && operator.revision !== undefined) faults.add("compaction");
  void operator?.close();
  return faults;
}
