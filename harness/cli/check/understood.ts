import { type History, inRunMode, isClientEvent, pairs } from "../../../core/history.ts";
import type { OutcomeCounts } from "../../../core/run.ts";
import { count } from "../../../core/wording.ts";

/** How the input was understood before it was checked: printed as one line, and part of `--json`. */
export interface Understood {
  /** A format's name; `run` for a run directory. */
  readonly format: string;
  /** Sequential model; absent for a run directory, whose workload has its own checkers, and for an empty history. */
  readonly model?: string;
  readonly workload?: string;
  readonly readMode?: string;
  /** Number of keys that the operations name. */
  readonly keys: number;
  /** Operations by name, in order of first appearance. */
  readonly operations: Readonly<Record<string, OutcomeCounts>>;
  /** Phrases that say how it was read, and what was left out and why. */
  readonly notes: readonly string[];
}

/** Counts the keys and operations of a history. */
export function countsOf(history: History): Pick<Understood, "keys" | "operations"> {
  const keys = new Set<string>();
  const operations = new Map<string, { ok: number; fail: number; info: number }>();
  const { calls, outcomes } = pairs(history);
  calls.forEach((call, i) => {
    const invoked = history[call];
    if (invoked === undefined || !isClientEvent(invoked)) return;
    if (invoked.key !== undefined) keys.add(invoked.key);
    const counts = operations.get(invoked.f) ?? { ok: 0, fail: 0, info: 0 };
    operations.set(invoked.f, counts);
    const end = history[outcomes[i] as number];
    // An operation that was never answered may have taken effect.
    counts[end?.type === "ok" || end?.type === "fail" ? end.type : "info"]++;
  });
  return { keys: keys.size, operations: Object.fromEntries(operations) };
}

/** Notes the operations that are not held to the read mode's promise or to the model: the reads at rest. */
export function setAside(history: History): string[] {
  const local = history.filter((event) => event.type === "invoke" && !inRunMode(event)).length;
  if (local === 0) return [];
  return [`${count(local, "local read")} at the end, checked for convergence only`];
}

/** `read as jsonl, model register, 3 keys: 12 read (10 ok, 2 unknown), 5 write (5 ok); the last line was cut off` */
export function describeUnderstood(understood: Understood): string {
  const { format, model, workload, readMode, keys, operations, notes } = understood;
  const judge =
    workload === undefined
      ? `model ${model ?? "none"}`
      : `workload ${workload}${readMode === undefined ? "" : `, ${readMode} reads`}`;
  const of = keys === 0 ? "no keys" : count(keys, "key");
  const counts = Object.entries(operations).map(([f, count]) => `${sum(count)} ${f} (${byOutcome(count)})`);
  const read = `read as ${format}, ${judge}, ${of}: ${counts.join(", ") || "no operations"}`;
  return [read, ...notes].join("; ");
}

const sum = ({ ok, fail, info }: OutcomeCounts): number => ok + fail + info;

const byOutcome = ({ ok, fail, info }: OutcomeCounts): string =>
  [ok > 0 && `${ok} ok`, fail > 0 && `${fail} fail`, info > 0 && `${info} unknown`]
    .filter((part) => part !== false)
    .join(", ");
