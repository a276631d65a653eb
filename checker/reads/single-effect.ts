import { operations } from "../../core/history.ts";
import type { Json, Operation, Revision, RevisionScope } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { allOf, atTime, count, cutMiddle, showValue } from "../../core/wording.ts";
import type { Checker } from "../checker.ts";
import { acknowledgedAt, type Evidence, evidenceOf, keyOf, writersOf } from "../revisions/changes.ts";
import { nameOf as nameOfChange } from "../revisions/sentences.ts";
import { valueRead, written } from "./versions.ts";

const mostShown = 5;

/** Where an operation saw its value's write in the system's order. */
interface Sighting {
  readonly operation: Operation;
  readonly at: Revision;
}

/**
 * A write takes effect at one instant, so it has one place in the system's order: the revision with which it was
 * acknowledged and the modRevision of each read of it are the same. A write that appears at two places took effect
 * twice, or its first place is not its own: it was lost there, or another change has it. Only values written by exactly
 * one operation are judged, in systems that report revisions; clients never retry, so none writes a value twice itself.
 */
export function singleEffect({
  scope = "key",
  initial = null,
}: {
  scope?: RevisionScope;
  initial?: Json;
} = {}): Checker {
  return {
    name: "single-effect",
    check(history): Verdict {
      const all = operations(history);
      const seen = placesSeen(all, initial);
      const twice = seen.areApart ? seenApart(all, initial) : [];
      const evidence = twice.length === 0 ? undefined : evidenceOf(all, scope, initial);
      const anomalies = evidence ? twice.map(([write, pair]) => anomaly(write, pair, evidence)) : [];
      const [worst] = anomalies;
      return {
        checker: "single-effect",
        kind: worst === undefined ? "valid" : "invalid",
        summary:
          worst === undefined
            ? clean(seen.writes)
            : `${count(anomalies.length, "write appears", "writes appear")} at two revisions: ${worst.summary}`,
        anomalies: anomalies.slice(0, mostShown),
        figures: { "writes at two revisions": anomalies.length },
      };
    },
  };
}

const clean = (writes: number): string =>
  writes === 0
    ? "the system reported no revisions that would show whether a write took effect twice"
    : `${allOf(writes, "observed write")} took effect once`;

/** The number of writes that were seen, and whether one of them was seen at two places. */
function placesSeen(all: readonly Operation[], initial: Json): { writes: number; areApart: boolean } {
  const writers = writersOf(all, initial);
  const places = new Float64Array(writers.writes.length).fill(Number.NaN);
  let writes = 0;
  let areApart = false;
  for (const operation of all) {
    const at = seenAt(operation);
    if (at === undefined) continue;
    const write = writers.numberOf(keyOf(operation), valueAt(operation));
    if (write < 0) continue;
    const place = places[write] as number;
    if (Number.isNaN(place)) {
      places[write] = at;
      writes++;
    } else if (place !== at) areApart = true;
  }
  return { writes, areApart };
}

function seenApart(
  all: readonly Operation[],
  initial: Json,
): [write: Operation, pair: readonly [Sighting, Sighting]][] {
  const twice: [write: Operation, pair: readonly [Sighting, Sighting]][] = [];
  for (const [write, sightings] of sightingsByWrite(all, initial)) {
    const pair = apart(sightings);
    if (pair !== undefined) twice.push([write, pair]);
  }
  return twice;
}

/** Where an answer shows its value's write to be; undefined where it does not. */
function seenAt(operation: Operation): Revision | undefined {
  if (operation.outcome.type !== "ok") return undefined;
  return isRead(operation) ? operation.outcome.output.modRevision : acknowledgedAt(operation);
}

/** Acknowledgements before reads, since a write's own answer is the better witness; then in order of the answers. */
function sightingsByWrite(all: readonly Operation[], initial: Json): Map<Operation, Sighting[]> {
  const writers = writersOf(all, initial);
  const found: Sighting[] = [];
  for (const operation of all) {
    const at = seenAt(operation);
    if (at !== undefined) found.push({ operation, at });
  }
  const rank = ({ operation }: Sighting) => (isRead(operation) ? 1 : 0);
  found.sort((a, b) => rank(a) - rank(b) || a.operation.returnIndex - b.operation.returnIndex);
  const byWrite = new Map<Operation, Sighting[]>();
  for (const sighting of found) {
    const write = writers.of(keyOf(sighting.operation), valueAt(sighting.operation));
    if (write === undefined) continue;
    const known = byWrite.get(write);
    if (known === undefined) byWrite.set(write, [sighting]);
    else known.push(sighting);
  }
  return byWrite;
}

/** What a read saw, or a write wrote. */
const valueAt = (operation: Operation): Json =>
  isRead(operation) ? valueRead(operation) : (written(operation) ?? null);

const isRead = ({ call }: Operation): boolean => call.f === "read";

/** Two sightings at different revisions, two reads on one node where there are such. */
function apart(sightings: readonly Sighting[]): readonly [Sighting, Sighting] | undefined {
  const [first] = sightings;
  const again = sightings.find(({ at }) => at !== first?.at);
  if (first === undefined || again === undefined) return undefined;
  const onNodes = new Map<string | undefined, Sighting>();
  for (const sighting of sightings) {
    if (!isRead(sighting.operation)) continue;
    const { node } = sighting.operation;
    const earlier = onNodes.get(node);
    if (earlier === undefined) onNodes.set(node, sighting);
    else if (earlier.at !== sighting.at) return [earlier, sighting];
  }
  return [first, again];
}

function anomaly(
  write: Operation,
  [known, again]: readonly [Sighting, Sighting],
  evidence: Evidence,
): Anomaly {
  const shown = [...new Set([write, known.operation, again.operation])].toSorted(
    (a, b) => a.callIndex - b.callIndex,
  );
  const { process, call, invokedAt } = again.operation;
  const place = `${call.key === undefined ? "the register" : cutMiddle(call.key)}${where(again.operation)}`;
  const other =
    known.operation === write
      ? `process ${write.process}, which wrote it, was given revision ${known.at}`
      : `process ${known.operation.process} read it${where(known.operation)} as written at revision ${known.at}`;
  const { isTwice, why } = explained(write, known, again, evidence);
  return {
    kind: isTwice ? "applied-twice" : "two-revisions",
    summary:
      `process ${process} read ${showValue(valueRead(again.operation))} from ${place} at ${atTime(invokedAt)}, written at revision ${again.at},` +
      ` but ${other}: ${why}`,
    ...(call.key !== undefined && { key: call.key }),
    evidence: { kind: "order", operations: shown, culprit: shown.indexOf(again.operation) },
  };
}

/** What is certain about a write that appears at two revisions. */
function explained(
  write: Operation,
  known: Sighting,
  again: Sighting,
  evidence: Evidence,
): { readonly isTwice: boolean; readonly why: string } {
  const [first, last] = [Math.min(known.at, again.at), Math.max(known.at, again.at)];
  const other = evidence.changes.find(
    ({ revision, writer }) => writer !== write && (revision === known.at || revision === again.at),
  );
  if (other !== undefined)
    return { isTwice: false, why: `revision ${other.revision} also belongs to ${nameOfChange(other)}` };
  const without = evidence.states.find(
    ({ key, revision, modRevision }) =>
      key === keyOf(write) && revision >= first && revision < last && (modRevision ?? first) < first,
  );
  if (without !== undefined) {
    const { operation, revision, modRevision } = without;
    const why = `its effect at revision ${first} was lost, since process ${operation.process} read ${showValue(valueRead(operation))}, which has revision ${modRevision},${where(operation)} in a state of revision ${revision}`;
    return { isTwice: false, why };
  }
  if (isRead(known.operation) && known.operation.node === again.operation.node)
    return { isTwice: true, why: "its only write took effect twice" };
  return {
    isTwice: false,
    why: `its only write took effect twice, or not at revision ${known.at}`,
  };
}

const where = ({ node }: Operation): string => (node === undefined ? "" : ` on ${node}`);
