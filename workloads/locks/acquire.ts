/** A lock by the idiom of all systems: create its record in a session; while another one has it, wait for its deletion by a watch. */
import { onAbort } from "../../adapters/client/ask.ts";
import type { ClientWith } from "../../adapters/client/client.ts";
import type { Session } from "../../adapters/client/session.ts";
import type { Subscription, Told } from "../../adapters/client/watch.ts";
import { withTimeout } from "../../core/clock.ts";
import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { At } from "../workload.ts";

export interface Wanted {
  readonly lock: string;
  /** Value of the record. */
  readonly holder: string;
  /** How long to wait for the lock, milliseconds. */
  readonly waitMs: number;
  /** Kind of watch. */
  readonly kind: string;
}

interface Limits {
  readonly deadline: Nanos;
  readonly at: At;
}

/** One request may take this long, milliseconds. */
const requestMs = 1000;
/** With less time left nothing is asked, milliseconds. */
const leastMs = 100;

/** Resolves with the token; rejects with `exists`, definitely, if others had the lock all the time. */
export async function acquire(
  client: ClientWith<"watch">,
  session: Session,
  wanted: Wanted,
  at: At,
): Promise<Revision | undefined> {
  const limits = { deadline: nanos(at.clock.now() + millis(wanted.waitMs)), at };
  let watch: Subscription | undefined;
  try {
    for (;;) {
      const token = await create(session, wanted, limits);
      if (token !== "held") return token.revision;
      if (watch === undefined) watch = await open(client, wanted, limits);
      // The lock may have become free before the watch was set, so it is tried again at once.
      else if (!(await isDeleted(watch, limits))) {
        await watch.close();
        watch = undefined;
      }
    }
  } finally {
    await watch?.close();
  }
}

async function create(
  session: Session,
  { lock, holder }: Wanted,
  limits: Limits,
): Promise<"held" | { readonly revision: Revision | undefined }> {
  try {
    return { revision: await session.create(lock, holder, askOf(limits)) };
  } catch (reason) {
    if (reason instanceof ClientError && reason.code === "exists") return "held";
    throw reason;
  }
}

/** A watch that cannot be set leaves nothing behind: the lock was not asked for. */
async function open(
  client: ClientWith<"watch">,
  { kind, lock }: Wanted,
  limits: Limits,
): Promise<Subscription> {
  try {
    return await client.watch.open({ kind, target: { key: lock } }, askOf(limits));
  } catch (reason) {
    const { code, message } = ClientError.from(reason);
    if (code === "not-connected") throw reason;
    throw new ClientError("exists", `it was held by another session, and no watch could be set: ${message}`);
  }
}

/** Waits for the next deletion; false if the watch is over. */
async function isDeleted(watch: Subscription, { deadline, at: { clock, over } }: Limits): Promise<boolean> {
  for (;;) {
    const left = nanos(Math.max(deadline - clock.now(), 0));
    const delivery = await withTimeout(clock, left, nextOf(watch, over), heldAllTheTime);
    if (delivery === undefined || delivery.some(({ f }) => f === "canceled" || f === "ended")) return false;
    if (delivery.some(saysFree)) return true;
  }
}

/** What the watch delivers next. Rejects when the load is over: whoever has the lock then releases it no more. */
async function nextOf(watch: Subscription, over: AbortSignal | undefined) {
  let stopListening = () => {};
  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(new ClientError("exists", "it was held by another session when the load ended"));
    if (over?.aborted === true) end();
    else stopListening = onAbort(over, end);
  });
  try {
    return await Promise.race([watch.next(), ended]);
  } finally {
    stopListening();
  }
}

const saysFree = ({ f, value }: Told): boolean =>
  f === "delete" || f === "changed" || (f === "state" && value === null);

function askOf({ deadline, at: { clock, ask } }: Limits) {
  const leftMs = (deadline - clock.now()) / 1e6;
  if (leftMs < leastMs) throw heldAllTheTime();
  return { ...ask, timeoutMs: Math.min(leftMs, requestMs) };
}

const heldAllTheTime = (): ClientError =>
  new ClientError("exists", "it was held by other sessions for all of the time to wait");
