import type { Json } from "../../core/op.ts";
import { canonical } from "../canonical.ts";
import type { ForeignEvent } from "./foreign-event.ts";
import { isPair } from "./keyed-values.ts";
import { malformed } from "./malformed.ts";

/** An event whose answer may say at which version of its key it happened. */
export interface Versioned extends ForeignEvent {
  readonly revision?: number;
}

/**
 * Finds out whether the values are `[version value]`, as jepsen-io/etcd's register has them: nil in each call, since the version is
 * given in the answer. Decided by the whole history: a nil that some answer fills in is a version.
 */
export class Versions {
  /** Whether nothing spoke against it so far. */
  mayBe = true;
  #isGiven = false;

  see({ type, f, value }: ForeignEvent): void {
    if (type === "invoke" && !asksForVersion(f, value)) this.mayBe = false;
    if (type === "ok" && isPair(value) && typeof value[0] === "number") this.#isGiven = true;
  }

  /** Whether they are, if the history ends here. */
  are(): boolean {
    return this.mayBe && this.#isGiven;
  }
}

export function hasVersions(events: readonly ForeignEvent[]): boolean {
  const versions = new Versions();
  for (const event of events) versions.see(event);
  return versions.are();
}

function asksForVersion(f: string, value: Json): boolean {
  if (!isPair(value) || value[0] !== null) return false;
  if (f === "read") return value[1] === null;
  if (f === "cas") return isPair(value[1]);
  return f === "write";
}

/** The event of `[version value]` with the version as its revision. */
export function versioned(event: ForeignEvent, file: string): Versioned {
  const { type, value, line } = event;
  if (type !== "invoke" && type !== "ok") return event;
  const [version = null, own = null] = isPair(value) ? value : [];
  const isRight = version === null || (typeof version === "number" && Number.isSafeInteger(version));
  if (!isPair(value) || !isRight) throw malformed(file, line, "a value [version value]", canonical(value));
  return { ...event, value: own, ...(typeof version === "number" && { revision: version }) };
}
