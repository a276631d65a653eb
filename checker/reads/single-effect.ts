import { operations } from "../../core/history.ts";
import type { Json, Operation, Revision } from "../../core/op.ts";
import type { Anomaly, Verdict } from "../../core/verdict.ts";
import { canonical } from "../canonical.ts";
import type { Checker } from "../checker.ts";
import { atTime, count, cut, say } from "../phrases.ts";
import { valueRead, written } from "./versions.ts";

const mostShown = 5;

/** Where an operation saw its value's write in the system's order. */
interface Sighting {
  readonly operation: Operation;
  readonly at: Revision;
}

/**
 * A write takes effect at one instant, so it has one place in the system's order: the revision with which it was
 * acknowledged and the modRevision of every read of it are the same. A write that is seen at two places was applied
 * twice: whatever was written in between was lost, or would have been. Judged are values that one operation alone wrote,
 * in systems that tell revisions; clients that never retry write none twice themselves.
 */
export function singleEffect({ initial = null }: { initial?: Json } = {}): Checker {
  return {
    name: "single-effect",
    check(history): Verdict {
      const all = operations(history);
      const writers = writersOf(all, initial);
      const first = new Map<Operation, Sighting>();
      const found = new Map<Operation, Anomaly>();
      for (const sighting of sightings(all)) {
        const write = writers.get(nameOf(sighting.operation, valueAt(sighting.operation)));
        if (write === undefined || found.has(write)) continue;
        const known = first.get(write);
        if (known === undefined) first.set(write, sighting);
        else if (known.at !== sighting.at) found.set(write, anomaly(write, known, sighting));
      }
      const anomalies = [...found.values()];
      const [worst] = anomalies;
      return {
        checker: "single-effect",
        kind: worst === undefined ? "valid" : "invalid",
        summary:
          worst === undefined ? clean(first.size) : `${count(anomalies.length, "write")}: ${worst.summary}`,
        anomalies: anomalies.slice(0, mostShown),
        figures: { "writes applied twice": anomalies.length },
      };
    },
  };
}

const clean = (writes: number): string =>
  writes === 0
    ? "the system tells no revisions by which to see whether a write took effect twice"
    : `all of ${count(writes, "write")} that were seen took effect once`;

/** The one operation that wrote each value; undefined where several did, or where it was there at first. */
function writersOf(all: readonly Operation[], initial: Json): Map<string, Operation | undefined> {
  const writers = new Map<string, Operation | undefined>();
  for (const operation of all) {
    const value = written(operation);
    if (value === undefined) continue;
    const name = nameOf(operation, value);
    const alone = !writers.has(name) && canonical(value) !== canonical(initial);
    writers.set(name, alone ? operation : undefined);
  }
  return writers;
}

/** Acknowledgements before reads: what a write's own answer said is the better witness. Then in order of the answers. */
function sightings(all: readonly Operation[]): Sighting[] {
  const found = all.flatMap((operation): Sighting[] => {
    if (operation.outcome.type !== "ok") return [];
    const { revision, modRevision } = operation.outcome.output;
    const at = operation.call.f === "read" ? modRevision : revision;
    return at === undefined ? [] : [{ operation, at }];
  });
  const rank = ({ operation }: Sighting) => (operation.call.f === "read" ? 1 : 0);
  return found.sort((a, b) => rank(a) - rank(b) || a.operation.returnIndex - b.operation.returnIndex);
}

const nameOf = ({ call }: Operation, value: Json): string => `${canonical(value)} ${call.key ?? ""}`;

/** What a read saw, or a write wrote. */
const valueAt = (operation: Operation): Json =>
  operation.call.f === "read" ? valueRead(operation) : (written(operation) ?? null);

function anomaly(write: Operation, known: Sighting, again: Sighting): Anomaly {
  const shown = [...new Set([write, known.operation, again.operation])].toSorted(
    (a, b) => a.callIndex - b.callIndex,
  );
  const { process, node, call, invokedAt } = again.operation;
  const place = `${call.key === undefined ? "the register" : cut(call.key)}${node === undefined ? "" : ` on ${node}`}`;
  const other =
    known.operation === write
      ? `process ${write.process} had been told that it wrote it at revision ${known.at}`
      : `process ${known.operation.process} read it as written at revision ${known.at}`;
  return {
    kind: "applied-twice",
    summary:
      `process ${process} read ${say(valueRead(again.operation))} from ${place} at ${atTime(invokedAt)}, written at revision ${again.at},` +
      ` but ${other}: the one write of it took effect twice`,
    ...(call.key !== undefined && { key: call.key }),
    evidence: { kind: "order", operations: shown, culprit: shown.indexOf(again.operation) },
  };
}
