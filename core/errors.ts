/**
 * What an operation can fail of, in every system's words mapped to one set. `definite` says whether the operation is
 * known to have had no effect; it is the code's usual meaning and an adapter may narrow it, never guess it.
 */
export const errorCodes = {
  timeout: { definite: false, doc: "no answer before the deadline; the request had left" },
  "connection-lost": { definite: false, doc: "the connection broke after the request had left" },
  aborted: { definite: false, doc: "the caller called it off; the request had left" },
  unavailable: {
    definite: false,
    doc: "the server gave up on the request without saying whether it took effect",
  },
  "not-connected": {
    definite: true,
    doc: "the request never left: refused, unreachable, or the session was not up",
  },
  "no-leader": { definite: true, doc: "the node knows no leader and did not try" },
  "not-leader": { definite: true, doc: "the node is not the leader and does not forward" },
  mismatch: { definite: true, doc: "an atomic comparison refused: an observation that the value differed" },
  conflict: {
    definite: true,
    doc: "the version moved between a read and the write: says nothing of the value",
  },
  "not-found": { definite: true, doc: "the key, session or lock does not exist" },
  exists: { definite: true, doc: "the key exists already" },
  compacted: { definite: true, doc: "the history that the operation needs was discarded" },
  "future-revision": { definite: true, doc: "the revision does not exist yet" },
  "session-expired": { definite: true, doc: "the session that the operation needs is gone" },
  rejected: { definite: true, doc: "the server refused the request as malformed, too large or not allowed" },
  overloaded: { definite: true, doc: "the server refused to take the request on: too many" },
  unauthenticated: { definite: true, doc: "the credentials or certificates were not accepted" },
  unsupported: { definite: true, doc: "this system or version cannot do it" },
  unknown: { definite: false, doc: "an error that the adapter has no name for" },
} as const satisfies Record<string, { definite: boolean; doc: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Failures of a system that does its work: a comparison that was refused, a key that is not there. */
const answers: ReadonlySet<string> = new Set<ErrorCode>([
  "mismatch",
  "conflict",
  "not-found",
  "exists",
  "compacted",
  "future-revision",
]);

/** Whether a failure is an answer: only other failures are errors of the system. */
export const isAnswer = (code: string): boolean => answers.has(code);

/** An operation's error as data. Never branch on `message`. */
export interface OpError {
  readonly code: ErrorCode;
  /** True if the operation definitely had no effect. */
  readonly definite: boolean;
  readonly message: string;
}

/** What a client rejects with: the one error of the adapters' boundary. */
export class ClientError extends Error implements OpError {
  override readonly name = "ClientError";
  readonly code: ErrorCode;
  readonly definite: boolean;

  constructor(code: ErrorCode, message: string, options: { definite?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.definite = options.definite ?? errorCodes[code].definite;
  }

  /** Anything thrown, as a ClientError: itself, or `unknown` and so indefinite. */
  static from(reason: unknown): ClientError {
    if (reason instanceof ClientError) return reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    return new ClientError("unknown", message, { cause: reason });
  }
}

/** Exit statuses of the command line. */
export const exitStatus = { valid: 0, invalid: 1, unknown: 2, usage: 64, couldNotRun: 70 } as const;

/** The user asked for something that cannot be: names the input and the way out. Ends with status 64. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The machine cannot run it (no binary, no Docker, a cluster that never became ready). Ends with status 70. */
export class CouldNotRunError extends Error {
  override readonly name = "CouldNotRunError";
}

/** A signal came before there was anything to report. Ends with `status`: 128 + the number of the signal, as shells expect. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
