/** Sentences about revisions: what was acknowledged or read, where, and what that rules out. */
import type { Json, Operation } from "../../core/op.ts";
import { atTime, count, cutMiddle, listed, showValue } from "../../core/wording.ts";
import { valueRead } from "../reads/versions.ts";
import type { Change } from "./changes.ts";
import type { LostWrite } from "./lost-writes.ts";
import type { Reached } from "./revision-order.ts";

export function lostSentence({ change, reads }: LostWrite): string {
  const [first, ...more] = reads;
  if (first === undefined) return `${nameOf(change)}, ${proofOf(change)}, is lost`;
  const { operation, revision, modRevision } = first;
  const found =
    modRevision === undefined
      ? "found no value, though nothing can have removed it by then,"
      : `read ${showValue(valueRead(operation))}, which has revision ${modRevision},`;
  const others =
    more.length === 0
      ? ""
      : `; ${count(more.length, "more read")}${nodesOf(more.map(({ operation }) => operation))} lack${more.length === 1 ? "s" : ""} it`;
  return `${nameOf(change)}, ${proofOf(change)}, is lost: process ${operation.process} ${found} in a state of revision ${revision}${where(operation)} at ${atTime(operation.invokedAt)}${others}`;
}

export const sharedSentence = (first: Change, second: Change): string =>
  `revision ${first.revision} belongs to two changes: ${nameOf(first)}, ${proofOf(first)}, and ${nameOf(second)}, ${proofOf(second)}`;

export function wentBackSentence(change: Change, { revision, operation, change: other }: Reached): string {
  const asked = change.writer === undefined ? "" : `, requested at ${atTime(change.writer.invokedAt)}`;
  const before =
    other === undefined
      ? `process ${operation.process} had read a state of revision ${revision}${where(operation)} by ${atTime(operation.completedAt)}`
      : `${nameOf(other)} had been ${proofOf(other, operation)}`;
  return `a revision went back: ${nameOf(change)}${asked}, has revision ${change.revision}, but ${before}`;
}

/** `the write of 3 to r1 by process 4` */
export function nameOf({ key, value, writer }: Change): string {
  const register = key === "" ? "the register" : cutMiddle(key);
  if (writer === undefined) return `the value ${showValue(value)} of ${register}`;
  const by = `by process ${writer.process}`;
  switch (writer.call.f) {
    case "delete":
      return `the delete of ${register} ${by}`;
    case "cas":
      return `the cas of ${register} from ${showValue((writer.call.value as readonly Json[])[0])} to ${showValue(value)} ${by}`;
    default:
      return `the write of ${showValue(value)} to ${register} ${by}`;
  }
}

/** `acknowledged at revision 3 at 0.012 s` */
function proofOf(change: Change, proof = (change.isAcknowledged && change.writer) || change.shownBy): string {
  const at = `at revision ${change.revision}`;
  const by = proof === change.writer ? "" : ` by process ${proof.process}${where(proof)}`;
  return `${by === "" ? "acknowledged" : "read"} ${at}${by} at ${atTime(proof.completedAt)}`;
}

const where = ({ node }: Operation): string => (node === undefined ? "" : ` on ${node}`);

/** ` on n1, n2 and n3` */
function nodesOf(operations: readonly Operation[]): string {
  const nodes = [...new Set(operations.map(({ node }) => node))].filter((node) => node !== undefined).sort();
  return nodes.length === 0 ? "" : ` on ${listed(nodes)}`;
}
