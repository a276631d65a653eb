import { ClientError, type ErrorCode } from "../../core/errors.ts";

/**
 * Meaning of error answers. Consul distinguishes reasons by text, and a server that forwards a request adds a prefix; so texts
 * are searched anywhere in the answer, here and nowhere else.
 */
interface Reason {
  readonly text: string;
  readonly code: ErrorCode;
  /** Absent: the code's usual meaning. */
  readonly definite?: boolean;
}

// The order matters: a text that comes along with others is before them, and texts that leave the outcome open are first.
const reasons: readonly Reason[] = [
  // The leader had it in its log when it was deposed: the next leader may have it too.
  { text: "leadership lost while committing log", code: "unavailable" },
  { text: "raft is already shutdown", code: "unavailable" },
  // Checked before anything is done, also by a server that the request was forwarded to.
  { text: "ACL not found", code: "unauthenticated" },
  { text: "Permission denied", code: "rejected" },
  { text: "rate limit exceeded", code: "overloaded" },
  // Raft refused to take it on.
  { text: "node is not the leader", code: "not-leader" },
  { text: "leadership transfer in progress", code: "not-leader" },
  { text: "timed out enqueuing operation", code: "overloaded" },
  // Consul itself asks again after this, for it means that no server took the request.
  { text: "No cluster leader", code: "no-leader" },
  // The server had no connection to the leader to pass the request on.
  { text: "rpc error getting client", code: "unavailable", definite: true },
  // It had passed it on: EOF, a time-out, a reset.
  { text: "rpc error making call", code: "unavailable" },
];

const byStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [400, "rejected"],
  [401, "unauthenticated"],
  [403, "rejected"],
  [404, "unsupported"],
  [405, "unsupported"],
  [413, "rejected"],
  [429, "overloaded"],
  // 500 and above are not here: what the table does not know may have had an effect.
]);

/** An answer whose status is no success as the adapters' error. `what`: `PUT /v1/kv/…`. */
export function answerError(status: number, body: string, what: string): ClientError {
  const reason = reasons.find(({ text }) => body.includes(text));
  const message = `${what}: ${status} ${body.trim().slice(0, 200)}`;
  if (reason === undefined) return new ClientError(byStatus.get(status) ?? "unknown", message);
  const { code, definite } = reason;
  return new ClientError(code, message, definite === undefined ? {} : { definite });
}
