import { ClientError, type ErrorCode } from "../../core/errors.ts";
import { nameOfStatus, status } from "./status.ts";

/**
 * What a gRPC status means, for a request that was handed to a connection that was up. (A request that never left is
 * recognised before, by the state of the channel: see connection.ts.)
 *
 * etcd's reasons differ only in their text, so the start of the text is matched, here and nowhere else. What
 * is not in the table is taken by status, and is indefinite unless that status cannot come after the proposal.
 */
interface Reason {
  /** Start of etcd's text. */
  readonly text: string;
  readonly code: ErrorCode;
  /** Absent: the code's usual meaning. */
  readonly definite?: boolean;
}

// The longer text stands before one that it starts with.
const reasons: readonly Reason[] = [
  // The node answers so when it was waiting for a proposal that it had handed to Raft.
  { text: "etcdserver: request timed out", code: "timeout" },
  { text: "etcdserver: leader changed", code: "unavailable" },
  { text: "etcdserver: server stopped", code: "unavailable" },
  { text: "context deadline exceeded", code: "timeout" },
  { text: "context canceled", code: "unavailable" },
  // Raft refused to take the proposal: it is in no log.
  { text: "raft proposal dropped", code: "unavailable", definite: true },
  { text: "etcdserver: no leader", code: "no-leader" },
  { text: "etcdserver: not leader", code: "not-leader" },
  { text: "etcdserver: too many requests", code: "overloaded" },
  // The text of a read, and of a compaction.
  { text: "etcdserver: mvcc: required revision has been compacted", code: "compacted" },
  { text: "etcdserver: mvcc: required revision is a future revision", code: "future-revision" },
  { text: "etcdserver: mvcc: database space exceeded", code: "rejected" },
  { text: "etcdserver: request is too large", code: "rejected" },
  // The limit of the server's gRPC library: that of Go, and that of Node, which the reference server uses.
  { text: "grpc: received message larger than max", code: "rejected" },
  { text: "Received message larger than max", code: "rejected" },
  // An authenticated cluster asked without a token.
  { text: "etcdserver: user name is empty", code: "unauthenticated" },
  { text: "etcdserver: authentication failed", code: "unauthenticated" },
  { text: "etcdserver: authentication is not enabled", code: "unauthenticated" },
  { text: "etcdserver: invalid auth token", code: "unauthenticated" },
  // The users changed while the request was on its way: it is refused where it would be applied.
  { text: "etcdserver: revision of auth store is old", code: "unauthenticated" },
  // Refused where it would be applied: the lease is looked for before the key is put.
  { text: "etcdserver: requested lease not found", code: "session-expired" },
  { text: "etcdserver: not capable", code: "unsupported" },
  { text: "etcdserver: rpc not supported for learner", code: "unsupported" },
];

const byStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [status.DEADLINE_EXCEEDED, "timeout"],
  [status.UNAVAILABLE, "connection-lost"],
  // The stream ended without a status: it was reset.
  [status.CANCELLED, "connection-lost"],
  [status.INTERNAL, "connection-lost"],
  [status.INVALID_ARGUMENT, "rejected"],
  [status.OUT_OF_RANGE, "rejected"],
  [status.FAILED_PRECONDITION, "rejected"],
  [status.PERMISSION_DENIED, "rejected"],
  [status.UNAUTHENTICATED, "unauthenticated"],
  [status.UNIMPLEMENTED, "unsupported"],
  // RESOURCE_EXHAUSTED is not here: without etcd's text it may be a stream that HTTP/2 cut off half-way.
]);

/** A status other than OK as the adapters' error. */
export function statusError(code: number, details: string): ClientError {
  const reason = reasons.find(({ text }) => details.startsWith(text));
  if (reason === undefined) return new ClientError(byStatus.get(code) ?? "unknown", describe(code, details));
  const { definite } = reason;
  return new ClientError(reason.code, describe(code, details), definite === undefined ? {} : { definite });
}

const describe = (code: number, details: string): string => `${nameOfStatus(code)}: ${details}`;
