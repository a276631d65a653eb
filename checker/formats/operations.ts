/** What is asked for a value and answers it: `get` is a read of a map. */
export const isRead = (f: string): boolean => f === "read" || f === "get";

const answering = new Set([
  "read",
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
 * Whether an operation may answer another value than it was asked with. Any other does not: where its answer holds another
 * value, the answer belongs to another call, or the call's value was never written down.
 */
export const answersSomething = (f: string): boolean => answering.has(f);
