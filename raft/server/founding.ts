import { millis } from "../../core/time.ts";
import type { MemberOptions } from "./member-options.ts";

/**
 * Lets the first member of a new cluster ask for votes once a heartbeat, until `isOver`: nobody leads it yet, and no election
 * timeout has to pass to know that. (etcd's members skip most of their first timeout, too.)
 */
export function found(
  { id, peers, clock, heartbeatMs }: Pick<MemberOptions, "id" | "peers" | "clock" | "heartbeatMs">,
  isOver: () => boolean,
  campaign: () => void,
): void {
  if (peers.some((peer) => peer.id < id)) return;
  const stand = () => {
    if (isOver()) return;
    campaign();
    clock.after(millis(heartbeatMs), stand);
  };
  stand();
}
