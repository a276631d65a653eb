/** Follows a failover closely, by asking the nodes that were not struck: who leads, and whether they serve. */
import type { Observer } from "../../adapters/client/observer.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";

export interface Failover {
  readonly clock: Clock;
  /** Of the nodes that were not struck: one that hangs would keep the answers of the others waiting. */
  readonly observer: Observer;
  readonly nodes: readonly NodeId[];
  /** The leader that was struck. */
  readonly led: NodeId;
  /** Called after each question: who leads, and when it was asked. */
  saw(leader: NodeId | undefined, asked: Nanos): void;
  /** Aborted when the fault is healed: the old leader may lead again. */
  readonly healed: AbortSignal;
  /** Ends the following at once. */
  readonly ended: AbortSignal;
}

/** Time between two questions: what the time of a failover is measured to. */
const interval = millis(10);
const leaderTimeoutMs = 200;
const readyTimeoutMs = 1000;

/**
 * Resolves with true as soon as another node leads and all that were not struck serve; with false if a leader was known only after
 * the heal, or if it was ended.
 */
export async function followFailover(failover: Failover): Promise<boolean> {
  const { clock, observer, nodes, led, healed, ended } = failover;
  while (!ended.aborted) {
    const asked = clock.now();
    const leader = await observer.leader({ timeoutMs: leaderTimeoutMs });
    if (ended.aborted) break;
    failover.saw(leader, asked);
    if (leader !== undefined && healed.aborted) return false;
    if (leader !== undefined && leader !== led) {
      const ready = await Promise.all(
        nodes.map((node) => observer.ready(node, { timeoutMs: readyTimeoutMs })),
      );
      if (ready.every((isReady) => isReady)) return !healed.aborted;
    }
    await sleep(clock, interval, ended).catch(() => {});
  }
  return false;
}
