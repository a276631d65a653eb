/** The messages of etcd's Watch stream. Source: etcd's api/etcdserverpb/rpc.proto and api/mvccpb/kv.proto. */
import { encodeFrame } from "../framing.ts";
import { header } from "../methods.ts";
import { decodeMessage, message } from "../protobuf.ts";

export const watchPath = "/etcdserverpb.Watch/Watch";

export interface CreateWatch {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  /** "0": now. */
  readonly startRevision: string;
  /** Whether the server also says by itself how far a quiet watch is. */
  readonly progressNotify: boolean;
  readonly prevKv: boolean;
  /** Whether large answers may come in parts. */
  readonly fragment: boolean;
}

/** One of three. */
export type WatchMessage =
  | { readonly create: CreateWatch }
  | { readonly cancel: { readonly watchId: string } }
  | { readonly progress: object };

export interface WatchedValue {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly createRevision: string;
  readonly modRevision: string;
}

export interface WatchEvent {
  readonly type: "PUT" | "DELETE";
  readonly kv: WatchedValue;
  readonly prevKv?: WatchedValue;
}

export interface WatchAnswer {
  readonly header: { readonly revision: string };
  /** "-1": every watch of the stream. */
  readonly watchId: string;
  readonly created: boolean;
  readonly canceled: boolean;
  /** "0": compaction is not why it was canceled. */
  readonly compactRevision: string;
  readonly cancelReason: string;
  /** Whether more of the same answer follows. */
  readonly fragment: boolean;
  readonly events: readonly WatchEvent[];
}

const request = message({
  create: [
    1,
    message({
      key: [1, "bytes"],
      rangeEnd: [2, "bytes"],
      startRevision: [3, "int64"],
      progressNotify: [4, "bool"],
      prevKv: [6, "bool"],
      fragment: [8, "bool"],
    }),
  ],
  cancel: [2, message({ watchId: [1, "int64"] })],
  progress: [3, message({})],
});

const watchedValue = message({
  key: [1, "bytes"],
  createRevision: [2, "int64"],
  modRevision: [3, "int64"],
  value: [5, "bytes"],
});

const event = message({
  type: [1, { names: ["PUT", "DELETE"] }],
  kv: [2, watchedValue],
  prevKv: [3, watchedValue, "optional"],
});

const answer = message({
  header: [1, header],
  watchId: [2, "int64"],
  created: [3, "bool"],
  canceled: [4, "bool"],
  compactRevision: [5, "int64"],
  cancelReason: [6, "string"],
  fragment: [7, "bool"],
  events: [11, event, "repeated"],
});

export const encodeWatchMessage = (value: WatchMessage): Buffer => encodeFrame(request, value);

/** Throws a RangeError if the bytes are no such answer. */
export const decodeWatchAnswer = (bytes: Buffer): WatchAnswer =>
  decodeMessage(answer, bytes) as object as WatchAnswer;
