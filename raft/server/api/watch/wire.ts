import type { HeaderWire, KeyValueWire } from "../wire.ts";

/** The messages of the service Watch; see ../wire.ts for how they look. */

/** One request, or none: at most one member is set. */
export interface WatchRequestWire {
  readonly create_request?: WatchCreateRequestWire;
  readonly cancel_request?: { readonly watch_id: number };
  readonly progress_request?: object;
}

export interface WatchCreateRequestWire {
  readonly key: Uint8Array;
  readonly range_end: Uint8Array;
  readonly start_revision: number;
  readonly progress_notify: boolean;
  readonly filters: readonly ("NOPUT" | "NODELETE" | number)[];
  readonly prev_kv: boolean;
  /** 0: the server chooses one. */
  readonly watch_id: number;
  /** Whether a large response may come in parts. */
  readonly fragment: boolean;
}

export interface EventWire {
  readonly type: "PUT" | "DELETE";
  readonly kv: KeyValueWire;
  readonly prev_kv?: KeyValueWire;
}

/** Other than in a request, what has its default may be left out. */
export interface WatchResponseWire {
  readonly header: HeaderWire;
  /** -1: of no watch, or of all of the stream. */
  readonly watch_id: number;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compact_revision?: number;
  readonly cancel_reason?: string;
  /** More of this response follows. */
  readonly fragment?: boolean;
  readonly events?: readonly EventWire[];
}
