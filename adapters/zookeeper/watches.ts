import type { Watch, WatchEvent } from "./requests.ts";

type Heard = NonNullable<Watch["heard"]>;

interface Entry {
  readonly watch: Watch;
  /** Those who hear its events; nobody: the session's listener alone. */
  readonly hearers: Set<Heard>;
}

/**
 * The watches that servers hold for a session, one for each kind and path, whoever asked for it. A server forgets them with the
 * connection, so the session registers those that nobody hears with the next one. All but `persistent` and `recursive` end
 * with their first event.
 */
export class WatchRegistry {
  readonly #entries = new Map<string, Entry>();
  /** Registrations that the server has not answered yet, by path. */
  readonly #sent = new Map<string, number>();
  listener: (event: WatchEvent) => void = () => {};

  /** A registration is on its way: by the time that its answer comes, the server holds a watch on the path. */
  sent({ path }: Watch): void {
    this.#sent.set(path, (this.#sent.get(path) ?? 0) + 1);
  }

  /** A registration that was on its way has been answered, or never will be. */
  settled({ path }: Watch): void {
    const left = (this.#sent.get(path) ?? 0) - 1;
    if (left > 0) this.#sent.set(path, left);
    else this.#sent.delete(path);
  }

  /** `absent`: the server answered that there is no such node. Only `exists` leaves a watch then, for its creation. */
  add(asked: Watch, absent: boolean): void {
    if (absent && asked.kind !== "exists") return;
    const watch: Watch = asked.kind === "exists" && !absent ? { ...asked, kind: "data" } : asked;
    const entry = this.#entries.get(keyOf(watch)) ?? { watch, hearers: new Set() };
    this.#entries.set(keyOf(watch), entry);
    if (asked.heard !== undefined) entry.hearers.add(asked.heard);
  }

  /** Watches to register with the next server. */
  held(): readonly Watch[] {
    return [...this.#entries.values()].map(({ watch }) => watch);
  }

  /** An event came: whatever it used up is gone. */
  take(event: WatchEvent): void {
    const hearers = new Set<Heard>();
    for (const [key, { watch, hearers: those }] of this.#entries) {
      if (!concerns(watch, event)) continue;
      if (endsWithEvent(watch)) this.#entries.delete(key);
      for (const heard of those) hearers.add(heard);
    }
    this.listener(event);
    for (const heard of hearers) heard(event);
  }

  /**
   * Somebody hears no more. True if the path has no watch left that anybody wants, or is about to have one, so that the server can
   * forget it.
   */
  leave(path: string, heard: Heard): boolean {
    let isFree = !this.#sent.has(path);
    for (const [key, { watch, hearers }] of this.#entries) {
      if (watch.path !== path) continue;
      if (hearers.delete(heard) && hearers.size === 0) this.#entries.delete(key);
      else isFree = false;
    }
    return isFree;
  }

  /** The connection is gone, and with it the watches that somebody heard. */
  disconnected(): void {
    for (const [key, { hearers }] of this.#entries) if (hearers.size > 0) this.#entries.delete(key);
  }

  /** The session is gone, and its watches with it. */
  clear(): void {
    this.#entries.clear();
  }
}

const keyOf = ({ kind, path }: Watch): string => `${kind} ${path}`;

const endsWithEvent = ({ kind }: Watch): boolean => kind !== "persistent" && kind !== "recursive";

/** Whether a server that holds the watch reports the event for it. */
function concerns({ kind, path }: Watch, { type, path: of }: WatchEvent): boolean {
  if (kind === "recursive") return type !== "children-changed" && (of === path || of.startsWith(`${path}/`));
  if (of !== path) return false;
  if (kind === "persistent") return true;
  if (kind === "children") return type === "children-changed" || type === "deleted";
  return type !== "children-changed";
}
