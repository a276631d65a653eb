/** Lists of a session that show an older state of a set than the session had seen, or made. */
import type { Operation } from "../../core/op.ts";
import { sessionsOf } from "../reads/sessions.ts";
import type { Finding, SessionRule } from "./findings.ts";
import {
  answerOf,
  isShown,
  type Life,
  type Listing,
  lifeOf,
  mayBeGone,
  removedBy,
  type SetHistory,
  show,
} from "./lives.ts";

/** What a session knows of an element, and by which of its operations. */
interface Memory {
  readonly by: Operation;
  readonly isGone: boolean;
}

/** `ownUpdates`: whether what a session did itself counts, too, or only what it saw. */
export function judgeSessions(
  histories: readonly SetHistory[],
  all: readonly Operation[],
  { ownUpdates }: { ownUpdates: boolean },
): Finding[] {
  const bySet = new Map(histories.map((history) => [history.set, history]));
  const listings = new Map(
    histories.flatMap(({ lists }) => lists.map((list) => [list.operation.callIndex, list] as const)),
  );
  const findings: Finding[] = [];
  for (const session of sessionsOf(all)) {
    const memories = new Map<string, Map<Life, Memory>>();
    for (const operation of session) {
      const set = operation.call.key ?? "";
      const history = bySet.get(set);
      if (history === undefined || operation.outcome.type !== "ok") continue;
      const memory = memories.get(set) ?? new Map<Life, Memory>();
      memories.set(set, memory);
      const list = listings.get(operation.callIndex);
      if (list !== undefined) findings.push(...look(history, list, memory));
      else if (ownUpdates) remember(history, operation, memory);
    }
  }
  return findings;
}

function remember(history: SetHistory, by: Operation, memory: Map<Life, Memory>): void {
  const life = lifeOf(history, by.call.value ?? null);
  if (life === undefined || !life.isUnique) return;
  if (by.call.f === "add") memory.set(life, { by, isGone: false });
  if (by === removedBy(life)?.by) memory.set(life, { by, isGone: true });
}

function look(history: SetHistory, list: Listing, memory: Map<Life, Memory>): Finding[] {
  const { operation } = list;
  const findings: Finding[] = [];
  const shown = show(history, list);
  const note = (life: Life, by: Operation, shows: boolean) => {
    const rule: SessionRule = by.call.f === "list" ? "monotonic reads" : "read your writes";
    findings.push({ kind: "session", list: operation, life, shows, since: answerOf(by), rule });
  };
  for (const [life, { by, isGone }] of memory) {
    if (isShown(life, history)) {
      if (isGone) note(life, by, true);
    } else if (!isGone) {
      if (mayBeGone(life, operation.returnIndex)) memory.set(life, { by: operation, isGone: true });
      else {
        note(life, by, false);
        memory.delete(life);
      }
    }
  }
  for (const life of shown) if (life.isUnique) memory.set(life, { by: operation, isGone: false });
  return findings;
}
