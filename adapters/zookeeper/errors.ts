import { ClientError, type ErrorCode } from "../../core/errors.ts";

/** The codes of a reply's header that the client itself decides by. */
export const zkCode = {
  ok: 0,
  noNode: -101,
  badVersion: -103,
  nodeExists: -110,
  sessionExpired: -112,
} as const;

/**
 * What the error of a reply means. The server answered, so the request's fate is known unless the error says otherwise:
 * ZooKeeper refuses a request before it becomes a transaction, or lets the transaction fail as a whole.
 */
const table: ReadonlyMap<number, { readonly name: string; readonly code: ErrorCode }> = new Map([
  // Internal errors of the server, which do not show how far the request got.
  [-1, { name: "SYSTEMERROR", code: "unknown" }],
  [-2, { name: "RUNTIMEINCONSISTENCY", code: "unknown" }],
  [-3, { name: "DATAINCONSISTENCY", code: "unknown" }],
  [-4, { name: "CONNECTIONLOSS", code: "connection-lost" }],
  [-7, { name: "OPERATIONTIMEOUT", code: "timeout" }],
  [-122, { name: "REQUESTTIMEOUT", code: "timeout" }],
  [-5, { name: "MARSHALLINGERROR", code: "rejected" }],
  [-6, { name: "UNIMPLEMENTED", code: "unsupported" }],
  [-8, { name: "BADARGUMENTS", code: "rejected" }],
  [zkCode.noNode, { name: "NONODE", code: "not-found" }],
  [-102, { name: "NOAUTH", code: "rejected" }],
  [zkCode.badVersion, { name: "BADVERSION", code: "conflict" }],
  [-108, { name: "NOCHILDRENFOREPHEMERALS", code: "rejected" }],
  [zkCode.nodeExists, { name: "NODEEXISTS", code: "exists" }],
  [-111, { name: "NOTEMPTY", code: "rejected" }],
  [zkCode.sessionExpired, { name: "SESSIONEXPIRED", code: "session-expired" }],
  [-114, { name: "INVALIDACL", code: "rejected" }],
  [-115, { name: "AUTHFAILED", code: "unauthenticated" }],
  // The session is at another server now; this one refused to act for it.
  [-118, { name: "SESSIONMOVED", code: "session-expired" }],
  [-119, { name: "NOTREADONLY", code: "no-leader" }],
  [-124, { name: "SESSIONCLOSEDREQUIRESASLAUTH", code: "unauthenticated" }],
  [-125, { name: "QUOTAEXCEEDED", code: "rejected" }],
  // Taken off the queue before it was looked at.
  [-127, { name: "THROTTLEDOP", code: "overloaded" }],
]);

/** A reply's error as the adapters' error; `cause` keeps the number for `isZkError`. */
export function zkError(number: number, what: string): ClientError {
  const known = table.get(number);
  const message = `${known?.name ?? `error ${number}`}: ${what}`;
  return new ClientError(known?.code ?? "unknown", message, { cause: number });
}

/** Whether `reason` is this error of a reply. */
export const isZkError = (reason: unknown, number: number): boolean =>
  reason instanceof ClientError && reason.cause === number;

/** Resolves with the reply; undefined if the request was refused with one of these errors: it had no effect. */
export async function unlessRefused<T>(
  reply: Promise<T>,
  ...errors: readonly number[]
): Promise<T | undefined> {
  try {
    return await reply;
  } catch (reason) {
    if (errors.some((error) => isZkError(reason, error))) return undefined;
    throw reason;
  }
}
