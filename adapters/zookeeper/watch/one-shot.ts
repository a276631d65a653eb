/** Watches that end with their first event. The next one is registered by the read that follows the event. */
import { ClientError } from "../../../core/errors.ts";
import { type Deliveries, endedBy } from "../../client/deliveries.ts";
import type { Told, WatchRequest } from "../../client/watch.ts";
import { keyOfName } from "../../key-names.ts";
import type { AskSession } from "../connection.ts";
import { pathOf, revisionOf, root } from "../paths.ts";
import { exists, getChildren, getData, heardBy, type WatchEvent } from "../requests.ts";
import type { Session } from "../session.ts";
import { changeOf } from "./events.ts";

type Heard = (event: WatchEvent) => void;

/** A read that registers a watch: what it found, and the state of the server that it was read from. */
export interface Registration {
  readonly state: Told;
  readonly zxid: bigint;
}

/** What such a watch is set on, and how. */
export interface OneShotTarget {
  readonly path: string;
  register(ask: AskSession, heard: Heard): Promise<Registration | undefined>;
  /** The event in words of the contract. */
  told(event: WatchEvent): Told;
}

/** Maximum reads of one registration, while the node comes and goes. */
const attemptsMax = 5;

export class OneShotWatch {
  readonly #session: Session;
  readonly #target: OneShotTarget;
  readonly #deliveries: Deliveries;
  #heard: Heard = () => {};

  constructor(session: Session, target: OneShotTarget, deliveries: Deliveries) {
    this.#session = session;
    this.#target = target;
    this.#deliveries = deliveries;
  }

  /** Registers the first watch. Resolves with the revision of the state that it was set in, and goes on by itself. */
  async start(first: AskSession, later: AskSession): Promise<number> {
    const { zxid, fired } = await this.#register(first);
    void this.#goOn(fired, later);
    return revisionOf(zxid);
  }

  stop(): void {
    this.#session.unwatch(this.#target.path, this.#heard);
  }

  async #goOn(first: Promise<WatchEvent>, ask: AskSession): Promise<void> {
    const deliveries = this.#deliveries;
    try {
      for (let fired = first; ; ) {
        deliveries.push([this.#target.told(await fired)]);
        await deliveries.taken();
        // Asking would connect again.
        if (deliveries.isOver) return;
        fired = (await this.#register(ask)).fired;
      }
    } catch (reason) {
      deliveries.end(endedBy(ClientError.from(reason).code));
    }
  }

  /**
   * Delivers the state that the watch is set in. An event that comes before it was read is of an earlier attempt: that state
   * has it already.
   */
  async #register(ask: AskSession): Promise<{ readonly zxid: bigint; readonly fired: Promise<WatchEvent> }> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      let fire: Heard = () => {};
      const fired = new Promise<WatchEvent>((resolve) => {
        fire = resolve;
      });
      this.#heard = (event) => fire(event);
      const registration = await this.#target.register(ask, this.#heard);
      if (registration === undefined) continue;
      this.#deliveries.push([registration.state]);
      return { zxid: registration.zxid, fired };
    }
    throw new ClientError("conflict", `${this.#target.path} kept being created and deleted by others`);
  }
}

/** The value of a key, or its absence. */
export const valueTarget = (key: string): OneShotTarget => ({
  path: pathOf(key),
  told: changeOf,
  async register(ask, heard) {
    const path = pathOf(key);
    const { value: found, zxid } = await ask(heardBy(getData(path, true), heard));
    if (found !== undefined) {
      const revision = revisionOf(found.stat.modifiedZxid);
      return { zxid, state: { f: "state", key, value: found.data.toString(), revision } };
    }
    // Only this leaves a watch on a node that is not there.
    const absent = await ask(heardBy(exists(path, true), heard));
    if (absent.value !== undefined) return undefined;
    return { zxid: absent.zxid, state: { f: "state", key, value: null, revision: revisionOf(absent.zxid) } };
  },
});

/** The names of the keys with a prefix. Their parent has one watch for all keys. */
export const namesTarget = ({
  prefix,
}: Extract<WatchRequest["target"], { prefix: string }>): OneShotTarget => ({
  path: root,
  told: ({ zxid }) => ({ f: "changed", ...(zxid > 0n && { revision: revisionOf(zxid) }) }),
  async register(ask, heard) {
    const { value, zxid } = await ask(heardBy(getChildren(root, true), heard));
    const keys = value.names.map(keyOfName).filter((key) => key.startsWith(prefix));
    return { zxid, state: { f: "state", value: keys.sort(), revision: revisionOf(zxid) } };
  },
});
