import type { Watch, WatchEvent } from "./requests.ts";

/**
 * The watches that servers hold for a session. A server forgets them with the connection, so the session registers them with the next
 * one. All but `persistent` and `recursive` end with their first event.
 */
export class WatchRegistry {
  readonly #watches = new Map<string, Watch>();
  listener: (event: WatchEvent) => void = () => {};

  /** `absent`: the server answered that there is no such node. Only `exists` leaves a watch then, for its creation. */
  add(asked: Watch, absent: boolean): void {
    if (absent && asked.kind !== "exists") return;
    const watch: Watch = asked.kind === "exists" && !absent ? { ...asked, kind: "data" } : asked;
    this.#watches.set(keyOf(watch), watch);
  }

  /** Watches to register with the next server. */
  held(): readonly Watch[] {
    return [...this.#watches.values()];
  }

  /** An event came: whatever it used up is gone. */
  take(event: WatchEvent): void {
    for (const watch of this.#watches.values()) {
      if (watch.path === event.path && endsWith(watch, event)) this.#watches.delete(keyOf(watch));
    }
    this.listener(event);
  }

  /** The session is gone, and its watches with it. */
  clear(): void {
    this.#watches.clear();
  }
}

const keyOf = ({ kind, path }: Watch): string => `${kind} ${path}`;

function endsWith({ kind }: Watch, { type }: WatchEvent): boolean {
  if (kind === "persistent" || kind === "recursive") return false;
  if (kind === "children") return type === "children-changed" || type === "deleted";
  return type !== "children-changed";
}
