/** Operations that request a value and return it: `get` is a read of a map. */
export const isRead = (f: string): boolean => f === "read" || f === "get";

const answering = new Set([
  "read",
  "read-at",
  "get",
  "list",
  "contains",
  "dequeue",
  "acquire",
  "txn",
  "delete",
  "remove",
  "drain",
]);

/**
 * Whether an operation may return a value other than its argument. For all others, an answer with another value belongs to
 * another call, or the call's value was never written down.
 */
export const answersSomething = (f: string): boolean => answering.has(f);
