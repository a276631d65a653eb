import { status } from "@grpc/grpc-js";
import type { KvErrorCode } from "../../kv/request.ts";
import { ReplicaError } from "../replica.ts";

/**
 * Every error that the API answers with: etcd's own codes and words, so that any etcd client understands them.
 * `definite`: the request surely had no effect. A client recognises definite errors by code and message; one
 * whose message is not in this table (the connection broke, a deadline passed at the client) is indefinite.
 */
export const apiErrors = {
  "empty-key": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: key is not provided",
    definite: true,
  },
  "key-not-found": { grpc: status.INVALID_ARGUMENT, message: "etcdserver: key not found", definite: true },
  "value-provided": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: value is provided",
    definite: true,
  },
  "duplicate-key": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: duplicate key given in txn request",
    definite: true,
  },
  "too-many-operations": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: too many operations in txn request",
    definite: true,
  },
  "request-too-large": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: request is too large",
    definite: true,
  },
  "invalid-sort": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: invalid sort option",
    definite: true,
  },
  "invalid-compare": {
    grpc: status.INVALID_ARGUMENT,
    message: "etcdserver: invalid comparison",
    definite: true,
  },
  malformed: { grpc: status.INVALID_ARGUMENT, message: "etcdserver: malformed request", definite: true },
  "lease-not-found": {
    grpc: status.NOT_FOUND,
    message: "etcdserver: requested lease not found",
    definite: true,
  },
  "leases-unsupported": {
    grpc: status.UNIMPLEMENTED,
    message: "etcdserver: leases are not supported",
    definite: true,
  },
  compacted: {
    grpc: status.OUT_OF_RANGE,
    message: "etcdserver: mvcc: required revision has been compacted",
    definite: true,
  },
  "future-revision": {
    grpc: status.OUT_OF_RANGE,
    message: "etcdserver: mvcc: required revision is a future revision",
    definite: true,
  },
  "no-leader": { grpc: status.UNAVAILABLE, message: "etcdserver: no leader", definite: true },
  stopping: { grpc: status.UNAVAILABLE, message: "etcdserver: server stopped", definite: true },
  overloaded: { grpc: status.RESOURCE_EXHAUSTED, message: "etcdserver: too many requests", definite: true },
  timeout: { grpc: status.UNAVAILABLE, message: "etcdserver: request timed out", definite: false },
  "leader-lost": {
    grpc: status.UNAVAILABLE,
    message: "etcdserver: request timed out, possibly due to previous leader failure",
    definite: false,
  },
  "not-leader": { grpc: status.FAILED_PRECONDITION, message: "etcdserver: not leader", definite: true },
  "bad-transferee": {
    grpc: status.FAILED_PRECONDITION,
    message: "etcdserver: bad leader transferee",
    definite: true,
  },
  "transfer-timeout": {
    grpc: status.UNKNOWN,
    message: "etcdserver: request timed out, leader transfer took too long",
    definite: false,
  },
  internal: { grpc: status.INTERNAL, message: "etcdserver: internal error", definite: false },
} as const satisfies Record<string, { grpc: status; message: string; definite: boolean }>;

type ApiErrorName = keyof typeof apiErrors;

/** Error that a request is answered with instead of a response. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly grpc: status;

  /** `detail` is added to the message of the table. */
  constructor(error: ApiErrorName, detail?: string) {
    const { grpc, message } = apiErrors[error];
    super(detail === undefined ? message : `${message}: ${detail}`);
    this.grpc = grpc;
  }

  static ofRequest(code: KvErrorCode): ApiError {
    // The replica had given up on it, so nobody can say whether it was applied before that.
    return new ApiError(code === "superseded" ? "leader-lost" : code);
  }

  /** Anything thrown. What is neither ours nor the replica's is a bug: it is shown, and the node goes on. */
  static from(reason: unknown): ApiError {
    if (reason instanceof ApiError) return reason;
    if (reason instanceof ReplicaError) return new ApiError(reason.code);
    console.error("a client's request failed:", reason);
    return new ApiError("internal");
  }
}

/** The gateway's HTTP status of a gRPC one; others are 500. */
export const httpStatuses: Partial<Record<status, number>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.NOT_FOUND]: 404,
  [status.RESOURCE_EXHAUSTED]: 429,
  [status.UNIMPLEMENTED]: 501,
  [status.UNAVAILABLE]: 503,
};
