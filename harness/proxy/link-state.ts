import type { NodeId } from "../../core/op.ts";
import { count } from "../../core/wording.ts";

/** Faults of one directed link, and their effects on its bytes since the last heal. */
export interface LinkState {
  readonly from: NodeId;
  readonly to: NodeId;
  cut: boolean;
  held: boolean;
  /** Over how long what was held moves on once the link is free. */
  spreadMs: number;
  delayMs: number;
  jitterMs: number;
  refusedWrites: number;
  refusedBytes: number;
  refusedConnects: number;
  delayedWrites: number;
  heldWrites: number;
  heldBytes: number;
  heldConnects: number;
}

export function createLinkState(from: NodeId, to: NodeId): LinkState {
  return { from, to, ...untouched };
}

/** Back to a link that carries everything at once, with nothing seen. */
export function healLink(link: LinkState): void {
  Object.assign(link, untouched);
}

const untouched = {
  cut: false,
  held: false,
  spreadMs: 0,
  delayMs: 0,
  jitterMs: 0,
  refusedWrites: 0,
  refusedBytes: 0,
  refusedConnects: 0,
  delayedWrites: 0,
  heldWrites: 0,
  heldBytes: 0,
  heldConnects: 0,
};

/** `n2 -> n1 refused 14 writes (1320 bytes), 3 connects`; undefined if the link's faults had no effect yet. */
export function linkProof(link: LinkState): string | undefined {
  const seen: string[] = [];
  if (link.refusedWrites > 0)
    seen.push(`refused ${count(link.refusedWrites, "write")} (${link.refusedBytes} bytes)`);
  if (link.refusedConnects > 0) seen.push(`refused ${count(link.refusedConnects, "connect")}`);
  if (link.heldWrites > 0) seen.push(`held ${count(link.heldWrites, "write")} (${link.heldBytes} bytes)`);
  if (link.heldConnects > 0) seen.push(`held ${count(link.heldConnects, "connect")}`);
  if (link.delayedWrites > 0) seen.push(`delayed ${count(link.delayedWrites, "write")}`);
  return seen.length > 0 ? `${link.from} -> ${link.to} ${seen.join(", ")}` : undefined;
}
