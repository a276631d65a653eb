/** Holds each list of a set against the elements that were surely in, or surely gone, when it began. */
import type { NodeId, Operation } from "../../core/op.ts";
import { toMillis } from "../../core/time.ts";
import type { WindowRead } from "../reads/stale-windows.ts";
import type { Finding } from "./findings.ts";
import {
  answerOf,
  isShown,
  type Known,
  type Life,
  type Listing,
  lifeOf,
  mayBeGone,
  removedBy,
  type SetHistory,
  show,
} from "./lives.ts";

export interface ListOptions {
  /** Whether lists must be fresh: then a list that lacks an element proves that it is gone, or lost. */
  readonly isFresh: boolean;
  /** Whether a list meets a known limit: it is judged, and proves nothing. */
  isExcused(list: Operation): boolean;
}

export interface JudgedLists {
  readonly findings: readonly Finding[];
  readonly reads: readonly WindowRead[];
}

export function judgeLists(history: SetHistory, options: ListOptions): JudgedLists {
  const absences = options.isFresh ? firstAbsences(history, options) : new Map<Life, Absence>();
  const findings: Finding[] = [];
  const reads: WindowRead[] = [];
  const losses = new Map<Life, Loss>();
  const present = new Present(history);
  for (const list of history.lists) {
    const { operation } = list;
    const shown = show(history, list);
    findings.push(...unexpectedIn(history, list, shown));
    const missing = present.missingFrom(operation);
    const isProof = options.isFresh && !options.isExcused(operation);
    const lost = new Set(isProof ? missing.filter((life) => isNeverSeenAfter(life, operation)) : []);
    for (const life of lost) noteLoss(losses, life, operation);
    const returned = new Map(
      shown.flatMap((life) => {
        const since = goneSince(life, absences.get(life), operation);
        return since === undefined ? [] : [[life, since] as const];
      }),
    );
    for (const [life, since] of returned)
      findings.push({ kind: "reappearing", list: operation, life, since });
    const stale = worst([
      ...missing.filter((life) => !lost.has(life)).map((life) => staleness(life, false, operation)),
      ...shown
        .filter((life) => life.isUnique && isBefore(removedBy(life), operation) && !returned.has(life))
        .map((life) => staleness(life, true, operation)),
    ]);
    if (stale !== undefined) findings.push(stale);
    const newest = shown.reduce((latest, { add }) => Math.max(latest, add?.callIndex ?? -1), -1);
    const ages = [
      ...(stale === undefined ? [] : [stale.staleMs]),
      ...[...returned.values()].map((since) => ageOf(operation, since)),
    ];
    reads.push({ operation, newest, ...(ages.length > 0 && { staleMs: Math.max(...ages) }) });
  }
  for (const [life, { by, last, lists }] of losses) findings.push({ kind: "lost", life, by, last, lists });
  return { findings, reads };
}

const isNeverSeenAfter = ({ remove, lastShown }: Life, { callIndex }: Operation): boolean =>
  remove === undefined && lastShown < callIndex;

/** How long before the list's invocation that was known, in milliseconds. */
const ageOf = (list: Operation, { time }: Known): number =>
  Math.max(0, toMillis(list.invokedAt) - toMillis(time));

/**
 * What proves that an element which the list shows had been gone: a list of the same node, or, where nobody was answered
 * that it was removed, that of any node. A node that still shows what was removed elsewhere is late; nothing came back.
 */
function goneSince(life: Life, absence: Absence | undefined, list: Operation): Known | undefined {
  if (absence === undefined) return undefined;
  const here = absence.byNode.get(list.node);
  if (isBefore(here, list)) return here;
  return !isBefore(removedBy(life), list) && isBefore(absence.first, list) ? absence.first : undefined;
}

const isBefore = (known: Known | undefined, list: Operation): boolean =>
  known !== undefined && known.index < list.callIndex;

type Stale = Extract<Finding, { kind: "stale" }>;

function staleness(life: Life, shows: boolean, list: Operation): Omit<Stale, "elements"> {
  const since = (shows ? removedBy(life) : life.inPlace) as Known;
  return { kind: "stale", list, life, shows, since, staleMs: ageOf(list, since) };
}

/** The element for which the list is out of date the longest. */
function worst(found: readonly Omit<Stale, "elements">[]): Stale | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  return { ...found.reduce((a, b) => (b.staleMs > a.staleMs ? b : a), first), elements: found.length };
}

interface Loss {
  readonly by: Operation;
  last: Operation;
  lists: number;
}

function noteLoss(losses: Map<Life, Loss>, life: Life, list: Operation): void {
  const known = losses.get(life);
  if (known === undefined) losses.set(life, { by: list, last: list, lists: 1 });
  else {
    known.last = list;
    known.lists++;
  }
}

/** The elements that are surely in at the invocation of one list after another. */
class Present {
  readonly #history: SetHistory;
  readonly #coming: readonly Life[];
  readonly #lives = new Set<Life>();
  #next = 0;

  constructor(history: SetHistory) {
    this.#history = history;
    this.#coming = [...history.lives.values()]
      .filter(({ isUnique, add, inPlace }) => isUnique && add !== undefined && inPlace !== undefined)
      .sort((a, b) => (a.inPlace as Known).index - (b.inPlace as Known).index);
  }

  /** Those that the list, which was marked last, lacks, and that nothing may have taken out before its answer. */
  missingFrom({ callIndex, returnIndex }: Operation): Life[] {
    for (; this.#next < this.#coming.length; this.#next++) {
      const life = this.#coming[this.#next] as Life;
      if ((life.inPlace as Known).index >= callIndex) break;
      this.#lives.add(life);
    }
    const missing: Life[] = [];
    for (const life of this.#lives) {
      if (mayBeGone(life, callIndex)) this.#lives.delete(life);
      else if (!isShown(life, this.#history) && !mayBeGone(life, returnIndex)) missing.push(life);
    }
    return missing;
  }
}

/** The first lists, by their answers, that prove that an element was gone: of any node, and of each. */
interface Absence {
  readonly first: Known;
  readonly byNode: Map<NodeId | undefined, Known>;
}

/** For each element that was taken out: what proves it, where lists are fresh. */
function firstAbsences(history: SetHistory, { isExcused }: ListOptions): Map<Life, Absence> {
  const absences = new Map<Life, Absence>();
  const nodes = new Set(history.lists.map(({ operation }) => operation.node)).size;
  const coming = [...history.lives.values()]
    .filter(({ isUnique, add, inPlace, remove }) => isUnique && add && inPlace && remove)
    .sort((a, b) => (a.inPlace as Known).index - (b.inPlace as Known).index);
  const waiting = new Set<Life>();
  let next = 0;
  for (const list of history.lists.toSorted((a, b) => a.operation.returnIndex - b.operation.returnIndex)) {
    const { operation } = list;
    if (isExcused(operation)) continue;
    for (; next < coming.length; next++) {
      const life = coming[next] as Life;
      if ((life.inPlace as Known).index >= operation.returnIndex) break;
      waiting.add(life);
    }
    if (waiting.size === 0) continue;
    show(history, list);
    for (const life of waiting) {
      const isAfter = isBefore(life.inPlace, operation) && mayBeGone(life, operation.returnIndex);
      if (!isAfter || isShown(life, history)) continue;
      const answer = answerOf(operation);
      const absence = absences.get(life) ?? { first: answer, byNode: new Map() };
      absences.set(life, absence);
      if (!absence.byNode.has(operation.node)) absence.byNode.set(operation.node, answer);
      if (absence.byNode.size === nodes) waiting.delete(life);
    }
  }
  return absences;
}

function unexpectedIn(history: SetHistory, list: Listing, shown: readonly Life[]): Finding[] {
  const by = list.operation;
  const found = shown.flatMap((life): Finding[] =>
    wasAsked(life, by) ? [] : [{ kind: "unexpected", by, value: life.value, life }],
  );
  if (shown.length === list.values.length) return found;
  const seen = new Set<Life>();
  for (const value of list.values) {
    const life = lifeOf(history, value) as Life;
    if (seen.has(life)) found.push({ kind: "twice", by, value });
    seen.add(life);
  }
  return found;
}

/** Whether somebody had asked to add the element when `by` was answered. */
const wasAsked = ({ add }: Life, by: Operation): boolean =>
  add !== undefined && add.callIndex < by.returnIndex;

/** What the answers of removes contradict, whatever reads promise: updates are linearizable always. */
export function judgeRemoves(history: SetHistory): Finding[] {
  const found = history.removals.flatMap((by): Finding[] => {
    const value = by.call.value ?? null;
    const life = lifeOf(history, value);
    return life !== undefined && wasAsked(life, by) ? [] : [{ kind: "unexpected", by, value, life }];
  });
  for (const life of history.lives.values()) {
    const { refused, remove, add, isUnique } = life;
    if (!isUnique || add === undefined || remove !== undefined || refused === undefined) continue;
    if (isBefore(life.inPlace, refused)) found.push({ kind: "refused", life, by: refused });
  }
  return found;
}
