/** Follows a failover closely, by asking the nodes that were not struck: who leads, and whether they serve. */
import type { Observer } from "../../adapters/client/observer.ts";
import { type Clock, sleep } from "../../core/clock.ts";
import type { NodeId } from "../../core/op.ts";
import { millis, type Nanos } from "../../core/time.ts";

export interface Failover {
  readonly clock: Clock;
  readonly observer: Observer;
  /** Nodes that were not struck, or all if all were: one that hangs would keep the answers of the others waiting. */
  readonly nodes: readonly NodeId[];
  /** The leader that was struck. */
  readonly led: NodeId;
  /** Called after each question: who leads, and when it was asked. */
  saw(leader: NodeId | undefined, asked: Nanos): void;
  /** Ends the following: from then on the old leader may lead again. */
  readonly healed: AbortSignal;
}

/** Time between two questions: what the time of a failover is measured to. */
const interval = millis(10);
const leaderTimeoutMs = 200;
const readyTimeoutMs = 1000;

/** Resolves with true as soon as another node leads and all that were not struck serve; with false if it is healed before. */
export async function followFailover(failover: Failover): Promise<boolean> {
  const { clock, observer, nodes, led, healed } = failover;
  while (!healed.aborted) {
    const asked = clock.now();
    const leader = await observer.leader({ timeoutMs: leaderTimeoutMs, among: nodes });
    if (healed.aborted) break;
    failover.saw(leader, asked);
    if (leader !== undefined && leader !== led) {
      const ready = await Promise.all(
        nodes.map((node) => observer.ready(node, { timeoutMs: readyTimeoutMs })),
      );
      if (ready.every((isReady) => isReady)) return !healed.aborted;
    }
    await sleep(clock, interval, healed).catch(() => {});
  }
  return false;
}
