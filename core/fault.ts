import { type History, isHarnessEvent } from "./history.ts";
import type { Link, NodeId } from "./op.ts";
import { type Nanos, seconds } from "./time.ts";

/**
 * What can be done to a cluster, and to its clients: `client-pause` and `client-kill` strike a load worker, `worker-cut` cuts one
 * off from nodes, `client-cut` all of them. `link-cut` also cuts clients' links where `client-cut` is offered. `leader-move` and
 * `compaction` are commands of an operator, and `snapshot` is what a node's log must tell; systems offer these.
 */
export type Fault =
  | "link-cut"
  | "client-cut"
  | "worker-cut"
  | "link-delay"
  | "link-hold"
  | "packet-loss"
  | "kill"
  | "pause"
  | "restart"
  | "client-pause"
  | "client-kill"
  | "leader-move"
  | "compaction"
  | "snapshot";

/** Time after a fault in which nodes and clients may need to find each other again: neither healthy nor under a fault. */
export const recoveryTime = seconds(3);

/** A fault as a period of the run's time. */
export interface FaultWindow {
  readonly id: number;
  /** The nemesis' name. */
  readonly name: string;
  readonly summary: string;
  /** All that it struck until it was healed. */
  readonly nodes: readonly NodeId[];
  readonly cut: readonly Link[];
  /** Set if the links of `cut` come and go while it lasts, at times that are not on record. */
  readonly flapping?: true;
  /** When the injection began. */
  readonly from: Nanos;
  /** When it was healed; the history's last time where the heal is not in it. */
  readonly to: Nanos;
  /** When the heal began; absent where it is not in the history, and in older runs. */
  readonly healed?: Nanos;
  readonly proof?: string;
  /** The node that led when the fault struck; undefined if nobody did, or nobody knows. */
  readonly led?: NodeId;
}

/** The leader as the harness saw it; undefined while nobody led. */
export interface LeaderSpan {
  readonly node?: NodeId;
  readonly from: Nanos;
  readonly to: Nanos;
  /** Until when it was surely otherwise: the change came after this, and by `from`. Absent in older runs. */
  readonly since?: Nanos;
}

/** Every fault of a history, in order of their begin. */
export function faultWindows(history: History): FaultWindow[] {
  const end = history.at(-1)?.time ?? (0 as Nanos);
  const windows = new Map<number, FaultWindow>();
  for (const event of history) {
    if (!isHarnessEvent(event) || event.f !== "fault") continue;
    const change = event.value;
    const window = windows.get(change.id);
    if (change.state === "begin") {
      const { id, summary, nodes, cut = [], flapping, led } = change;
      const window = { id, name: event.name, summary, nodes, cut, from: event.since ?? event.time, to: end };
      windows.set(id, {
        ...window,
        ...(flapping !== undefined && { flapping }),
        ...(led !== undefined && { led }),
      });
    } else if (window !== undefined) {
      // A fault may strike more nodes while it lasts: the last record names all.
      const { summary, nodes } = change;
      const healed = event.since !== undefined && { healed: event.since };
      const found =
        change.state === "proven" ? { proof: change.proof ?? "seen" } : { to: event.time, ...healed };
      windows.set(change.id, { ...window, summary, nodes, ...found });
    }
  }
  return [...windows.values()];
}

/** Who led when, without gaps, from the first observation to the history's end. */
export function leaderSpans(history: History): LeaderSpan[] {
  const end = history.at(-1)?.time ?? (0 as Nanos);
  const seen = history.flatMap((event) =>
    isHarnessEvent(event) && event.f === "leader"
      ? [{ time: event.time, node: event.value, since: event.since }]
      : [],
  );
  return seen.map(({ time, node, since }, i) => ({
    ...(node !== null && { node }),
    from: time,
    to: seen[i + 1]?.time ?? end,
    ...(since !== undefined && { since }),
  }));
}

/** Whether `cut` leaves `node` no majority of `nodes`, itself included, that it hears and that hears it. */
export function isCutOff(node: NodeId, cut: readonly Link[], nodes: readonly NodeId[]): boolean {
  const lost = new Set(cut.flatMap(([from, to]) => (from === node ? [to] : to === node ? [from] : [])));
  const reached = nodes.filter((other) => !lost.has(other)).length;
  return reached <= nodes.length / 2;
}
