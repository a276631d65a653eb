import { type ClientEvent, type History, pairs } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { canonical } from "../canonical.ts";

/**
 * For a history whose answers hold a value that no operation wrote, where it may have stood before the first one: a
 * sentence that says so and points at `--initial`. Undefined where every value that was read was written, or absent.
 */
export function initialHint(history: History): string | undefined {
  const written = new Set<string>();
  const seen: { readonly where: string; readonly value: Json; readonly by: string }[] = [];
  const { calls, outcomes } = pairs(history);
  calls.forEach((at, i) => {
    const call = history[at] as ClientEvent;
    const answer = outcomes[i] === -1 ? undefined : (history[outcomes[i] as number] as ClientEvent);
    for (const { where, value } of writesOf(call)) written.add(`${where} ${canonical(value)}`);
    if (answer?.type !== "ok") return;
    for (const read of readsOf(call, answer)) seen.push({ ...read, by: `process ${call.process}` });
  });
  const first = seen.find(
    ({ where, value }) => value !== null && !written.has(`${where} ${canonical(value)}`),
  );
  if (first === undefined) return undefined;
  const what = first.where === "" ? "" : ` from ${first.where}`;
  return `${first.by} read ${canonical(first.value)}${what}, which no operation wrote: if it was there before, say so with --initial, or --initial unknown`;
}

interface Access {
  readonly where: string;
  readonly value: Json;
}

function writesOf({ f, key = "", value = null }: ClientEvent): Access[] {
  if (f === "txn") return stepsOf(value).flatMap(([kind, access]) => (kind === "w" ? [access] : []));
  if (f === "cas" && Array.isArray(value)) return [{ where: key, value: (value[1] ?? null) as Json }];
  return f === "write" ? [{ where: key, value }] : [];
}

function readsOf({ f, key = "", value = null }: ClientEvent, answer: ClientEvent): Access[] {
  const answered = answer.value ?? null;
  if (f === "txn") return stepsOf(answered).flatMap(([kind, access]) => (kind === "r" ? [access] : []));
  if (f === "cas" && Array.isArray(value)) return [{ where: key, value: (value[0] ?? null) as Json }];
  return f === "read" ? [{ where: key, value: answered }] : [];
}

/** The reads and writes of a transaction `[[f, name, value], …]`; none of any other. */
const stepsOf = (value: Json): (readonly ["r" | "w", Access])[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : []).flatMap((part) => {
    if (!Array.isArray(part) || !/^(r|w|read|write)$/.test(String(part[0]))) return [];
    const [f, name = null, content = null] = part as readonly Json[];
    return [[f === "r" || f === "read" ? "r" : "w", { where: String(name), value: content }] as const];
  });
