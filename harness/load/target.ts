/**
 * The nodes of a role, for clients that are pinned to it. They are chosen when the clients start, and the clients stay there: so
 * every figure is that of named nodes, and a run says when the leader changed instead of mixing two roles in silence.
 */
import type { Observer } from "../../adapters/client/observer.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import { CouldNotRunError } from "../../core/errors.ts";
import { type History, isHarnessEvent } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import type { Target, TargetRole } from "../../core/run.ts";
import { millis, type Nanos, nanos, seconds } from "../../core/time.ts";

/** A ready cluster names its leader at once, unless an election is under way. */
const patienceSeconds = 10;
const interval = millis(100);

/** Asks for the leader until there is one. Rejects with CouldNotRunError if none of `nodes` is said to lead. */
export async function nodesInRole(
  role: TargetRole,
  nodes: readonly NodeId[],
  observer: Pick<Observer, "leader">,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly NodeId[]> {
  const until = nanos(clock.now() + seconds(patienceSeconds));
  for (;;) {
    const leader = await observer.leader();
    if (leader !== undefined && nodes.includes(leader))
      return role === "leader" ? [leader] : nodes.filter((node) => node !== leader);
    if (clock.now() >= until)
      throw new CouldNotRunError(
        `--target ${role}: none of the nodes was said to lead within ${patienceSeconds} s; on your own cluster, --endpoint must name its leader, too`,
      );
    await sleep(clock, interval, signal);
  }
}

/** The target with the time at which another leader was first seen during the load, which ended at `loadEndedAt`. */
export function followedTarget(target: Target, history: History, loadEndedAt: Nanos): Target {
  const isOfTarget = (leader: NodeId) => target.nodes.includes(leader) === (target.role === "leader");
  const changed = history
    .filter(isHarnessEvent)
    .find(
      (event) =>
        event.f === "leader" && event.time <= loadEndedAt && event.value !== null && !isOfTarget(event.value),
    );
  return changed === undefined ? target : { ...target, changedAt: changed.time };
}
