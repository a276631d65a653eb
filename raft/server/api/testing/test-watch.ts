import { type Client, Metadata, type ServiceError } from "@grpc/grpc-js";
import { loadDefinitions, serviceDefinition } from "../definitions.ts";
import type { WatchCreateRequestWire, WatchRequestWire, WatchResponseWire } from "../watch/wire.ts";

const watch = serviceDefinition(loadDefinitions(), "etcdserverpb.Watch")["Watch"];

/** A response as it arrived: with all its fields. */
export type Heard = Required<WatchResponseWire>;

interface Target extends Partial<Omit<WatchCreateRequestWire, "key" | "range_end">> {
  readonly range_end?: string;
}

/** A stream of watches of a client, for tests: at this server or a real etcd. */
export class TestWatch {
  readonly #stream;
  readonly #waiting: ((response: Heard) => void)[] = [];
  readonly #unread: Heard[] = [];
  /** Resolves with the error that ended the stream. */
  readonly ended: Promise<ServiceError>;

  constructor(client: Client, metadata: Readonly<Record<string, string>> = {}) {
    if (watch === undefined) throw new Error("no method Watch");
    const headers = new Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const { path, requestSerialize, responseDeserialize } = watch;
    const deserialize = (bytes: Buffer) => responseDeserialize(bytes) as Heard;
    this.#stream = client.makeBidiStreamRequest<WatchRequestWire, Heard>(
      path,
      requestSerialize as (request: WatchRequestWire) => Buffer,
      deserialize,
      headers,
    );
    this.#stream.on("data", (response: Heard) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#unread.push(response);
      else next(response);
    });
    this.ended = new Promise((resolve) => {
      this.#stream.on("error", (error: ServiceError) => resolve(error));
    });
  }

  create(key: string, { range_end, ...rest }: Target = {}): void {
    const request = { ...rest, key: Buffer.from(key), range_end: Buffer.from(range_end ?? "") };
    this.#stream.write({ create_request: request as WatchCreateRequestWire });
  }

  cancel(id: number): void {
    this.#stream.write({ cancel_request: { watch_id: id } });
  }

  requestProgress(): void {
    this.#stream.write({ progress_request: {} });
  }

  /** The next response. */
  next(): Promise<Heard> {
    const unread = this.#unread.shift();
    if (unread !== undefined) return Promise.resolve(unread);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next responses up to the one for which `last` holds. */
  async until(last: (response: Heard) => boolean): Promise<Heard[]> {
    const heard: Heard[] = [];
    do heard.push(await this.next());
    while (!last(heard.at(-1) as Heard));
    return heard;
  }

  /** Stops reading from the connection. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Says that no request follows. */
  endRequests(): void {
    this.#stream.end();
  }

  close(): void {
    this.#stream.cancel();
  }
}

/** Events of a response as short lines: `put a=1@3 (was 0)`. */
export const eventLines = ({ events }: Heard): string[] =>
  events.map(({ type, kv, prev_kv: previous }) => {
    const key = kv.key.toString();
    const what = type === "DELETE" ? `delete ${key}` : `put ${key}=${kv.value}`;
    // A message that is absent arrives as null.
    return `${what}@${kv.mod_revision}${previous ? ` (was ${previous.value})` : ""}`;
  });
