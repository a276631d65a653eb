import type { Cancel, Clock } from "../../../../core/clock.ts";
import { millis, type Nanos } from "../../../../core/time.ts";
import type { Replica } from "../../replica.ts";
import { ApiError } from "../errors.ts";
import { responseHeader } from "../to-wire.ts";
import { type WatchClient, WatchSession } from "./session.ts";

export interface WatchServerOptions {
  readonly replica: Replica;
  readonly clock: Clock;
  /** Time between two progress notifications for a watch that wants them and hears nothing else. */
  readonly progressIntervalMs: number;
  readonly fragmentBytes: number;
}

/** A client whose stream may be ended from this side. */
export interface EndableClient extends WatchClient {
  end(error: ApiError): void;
}

interface OpenStream {
  readonly session: WatchSession;
  readonly client: EndableClient;
  readonly needsLeader: boolean;
}

/** As in etcd, about three election timeouts: an election in between must not end the streams. */
const leaderlessMsMax = 1_500;
const leaderPollMs = 250;

/** All streams of watches of one member, on whatever transport. */
export class WatchServer {
  readonly #options: WatchServerOptions;
  readonly #streams = new Set<OpenStream>();
  readonly #timers = new Set<Cancel>();
  #leaderlessSince: Nanos | undefined;

  constructor(options: WatchServerOptions) {
    const { replica, progressIntervalMs } = options;
    this.#options = options;
    this.#every(progressIntervalMs, () => replica.watches.remindOfProgress());
    this.#every(leaderPollMs, () => this.#lookForLeader());
  }

  /**
   * A stream for `client`; undefined if it was ended at once. `needsLeader`: the client asked that the stream ends where no leader
   * is known, as this member may be cut off and hear of no changes.
   */
  open(client: EndableClient, needsLeader: boolean): WatchSession | undefined {
    const { replica, fragmentBytes } = this.#options;
    if (needsLeader && replica.status().leader === undefined) {
      client.end(new ApiError("no-leader"));
      return undefined;
    }
    const header = (revision: number) => responseHeader(replica, revision);
    const onError = (reason: unknown) => this.#end(stream, ApiError.from(reason));
    const session = new WatchSession({ hub: replica.watches, header, client, fragmentBytes, onError });
    const stream: OpenStream = { session, client, needsLeader };
    this.#streams.add(stream);
    return session;
  }

  /** The client is gone. */
  closed(session: WatchSession): void {
    session.close();
    for (const stream of this.#streams) if (stream.session === session) this.#streams.delete(stream);
  }

  /** Ends all streams: the server stops. */
  close(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const stream of this.#streams) this.#end(stream, new ApiError("stopping"));
  }

  #lookForLeader(): void {
    const { replica, clock } = this.#options;
    if (replica.status().leader !== undefined) this.#leaderlessSince = undefined;
    else this.#leaderlessSince ??= clock.now();
    const since = this.#leaderlessSince;
    if (since === undefined || clock.now() - since < millis(leaderlessMsMax)) return;
    for (const stream of this.#streams) if (stream.needsLeader) this.#end(stream, new ApiError("no-leader"));
  }

  #end(stream: OpenStream, error: ApiError): void {
    this.#streams.delete(stream);
    stream.session.close();
    stream.client.end(error);
  }

  #every(intervalMs: number, what: () => void): void {
    const schedule = () => {
      const cancel = this.#options.clock.after(millis(intervalMs), () => {
        this.#timers.delete(cancel);
        what();
        schedule();
      });
      this.#timers.add(cancel);
    };
    schedule();
  }
}
