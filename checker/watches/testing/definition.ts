/**
 * The definition of `every-event`, tried out: is there one list of changes, made of the acknowledged ones and of any of the
 * unknown ones at any free revision, of which each watch received a contiguous part from its start on, in order, whole
 * revisions at a time, with nothing else? Exponential; for tests. Says nothing about delivery in time.
 */
import {
  type ClientEvent,
  type History,
  isNotice,
  type NoticeEvent,
  operations,
} from "../../../core/history.ts";
import type { Json, Operation, Revision } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import { isRightRead, readsOfPast, type Step } from "./past-definition.ts";

interface Placed {
  readonly operation: Operation;
  readonly revision: Revision;
}

export function canBeExplained(history: History): boolean {
  const all = operations(history).filter(({ call }) => ["write", "delete", "txn"].includes(call.f));
  const placed = all.flatMap((operation): Placed[] => {
    const { outcome } = operation;
    return outcome.type === "ok" && outcome.output.revision !== undefined
      ? [{ operation, revision: outcome.output.revision }]
      : [];
  });
  // A delete that found its key changed something.
  const found = all.filter(
    ({ call, outcome }) => call.f === "delete" && outcome.type === "ok" && outcome.output.value === true,
  );
  const open = all.filter(({ outcome }) => outcome.type === "info");
  const highest = Math.max(0, ...history.map((event) => (event as ClientEvent).revision ?? 0)) + 1;
  const watches = history.filter(
    (event): event is ClientEvent => event.type === "invoke" && event.f === "watch",
  );
  return place(open, placed, highest, (steps) => {
    const reads = history.filter((event): event is ClientEvent => event.type === "ok" && event.f === "read");
    return (
      found.every(({ callIndex }) => steps.some(({ calledAt }) => calledAt === callIndex)) &&
      reads.every((read) => wasWritten(read, steps)) &&
      watches.every((watch) => isRight(watch, history, steps)) &&
      readsOfPast(history).every((read) => isRightRead(read, history, steps))
    );
  });
}

function place(
  open: readonly Operation[],
  placed: readonly Placed[],
  highest: Revision,
  holds: (steps: readonly Step[]) => boolean,
): boolean {
  const [next, ...rest] = open;
  if (next === undefined)
    return arrangements(placed).some((arranged) => {
      const steps = stepsOf(arranged);
      return new Set(steps.map((step) => step.revision)).size === steps.length && holds(steps);
    });
  if (place(rest, placed, highest, holds)) return true;
  for (let revision = 1; revision <= highest; revision++) {
    if (placed.some((one) => one.revision === revision)) continue;
    if (place(rest, [...placed, { operation: next, revision }], highest, holds)) return true;
  }
  return false;
}

const removesOnly = ({ operation: { call } }: Placed): boolean =>
  call.f === "txn" && (call.value as { f: string }[]).every(({ f }) => f === "delete");

/** Orders to try. Any of several removing transactions at one revision may be the one that found something, so each comes first once. */
function arrangements(placed: readonly Placed[]): (readonly Placed[])[] {
  const orders: (readonly Placed[])[] = [placed];
  for (const one of placed.filter(removesOnly)) {
    const isOther = (other: Placed) => other !== one;
    const shares = placed.some(
      (other) => isOther(other) && removesOnly(other) && other.revision === one.revision,
    );
    if (shares) orders.push(...orders.map((order) => [one, ...order.filter(isOther)]));
  }
  return orders;
}

/** The steps in order. A transaction that only removes, and finds nothing, is answered with the revision of the step before. */
function stepsOf(placed: readonly Placed[]): Step[] {
  const state = new Map<string, Json>();
  return placed
    .toSorted((a, b) => a.revision - b.revision || Number(removesOnly(a)) - Number(removesOnly(b)))
    .map(({ operation, revision }) => {
      const { f, key = "", value = null } = operation.call;
      const parts = f === "txn" ? (value as { f: string; key: string; value?: Json }[]) : [{ f, key, value }];
      const changes = parts.flatMap((part) => {
        const previous = state.get(part.key) ?? null;
        const held = part.f === "delete" ? null : (part.value ?? null);
        state.set(part.key, held);
        return held === null && previous === null ? [] : [{ key: part.key, value: held, previous }];
      });
      return { revision, calledAt: operation.callIndex, changes };
    })
    .filter(({ changes }) => changes.length > 0);
}

/** A read shows a value where it was written. */
const wasWritten = ({ key, value, modRevision }: ClientEvent, steps: readonly Step[]): boolean =>
  value === null ||
  steps.some(
    (step) =>
      step.revision === modRevision &&
      step.changes.some((change) => change.key === key && same(change.value, value)),
  );

function isRight(watch: ClientEvent, history: History, steps: readonly Step[]): boolean {
  const notices = history.filter(isNotice).filter(({ of }) => of === watch.index);
  const { prefix, from } = watch.value as { readonly prefix?: string; readonly from?: number };
  const confirmed = history.find(
    (event): event is ClientEvent =>
      event.type === "ok" && event.f === "watch" && event.process === watch.process,
  );
  const start = from ?? (confirmed?.revision ?? 0) + 1;
  const follows = (key: string) => (prefix === undefined ? key === watch.key : key.startsWith(prefix));
  const due = steps
    .filter(({ revision }) => revision >= start)
    .map((step) => ({ ...step, changes: step.changes.filter(({ key }) => follows(key)) }))
    .filter(({ changes }) => changes.length > 0);
  let [told, progress] = [start - 1, Number.NEGATIVE_INFINITY];
  let next = 0;
  for (const delivery of deliveries(notices)) {
    for (const group of revisionsOf(delivery)) {
      const [first] = group;
      if (first === undefined) continue;
      const { f, revision = 0 } = first;
      if (f === "progress") {
        // Nothing at or below it is still to come, and it does not go back.
        if (revision < progress || (due[next]?.revision ?? Number.POSITIVE_INFINITY) <= revision)
          return false;
        if (next > 0 && revision < told) return false;
        progress = revision;
      } else if (f === "canceled") {
        if (Math.max(start, told + 1, progress + 1) >= revision) return false;
      } else {
        const step = due[next++];
        if (step === undefined || !areEvents(group, step, history)) return false;
        told = step.revision;
      }
    }
  }
  return true;
}

/** Whether the events are exactly those of the step. */
function areEvents(
  events: readonly NoticeEvent[],
  { revision, changes, calledAt }: Step,
  history: History,
): boolean {
  if (events.length !== changes.length) return false;
  return changes.every(({ key, value, previous }) => {
    const event = events.find((one) => one.key === key);
    if (event === undefined || event.revision !== revision || event.index < calledAt) return false;
    const f = value === null ? "delete" : previous === null ? "create" : "put";
    const isHidden = event.previous === null && wasCompacted(history, revision, event.index);
    return (
      event.f === f &&
      (value === null || same(event.value, value)) &&
      (isHidden || same(event.previous, previous))
    );
  });
}

const wasCompacted = (history: History, revision: Revision, index: number): boolean =>
  history.some((event) =>
    event.index < index && event.type === "invoke" && event.f === "compact"
      ? Number(event.value) >= revision
      : isNotice(event) && event.f === "canceled" && (event.revision ?? 0) >= revision && event.index < index,
  );

/** Notices that arrived together. */
function deliveries(notices: readonly NoticeEvent[]): NoticeEvent[][] {
  const all: NoticeEvent[][] = [];
  notices.forEach((notice, i) => {
    if (i > 0 && notices[i - 1]?.more === true) all.at(-1)?.push(notice);
    else all.push([notice]);
  });
  return all;
}

/** Neighbouring events of one revision; anything else is alone. */
function revisionsOf(delivery: readonly NoticeEvent[]): NoticeEvent[][] {
  const groups: NoticeEvent[][] = [];
  for (const notice of delivery) {
    const last = groups.at(-1)?.[0];
    const isEvent = (one: NoticeEvent) => ["create", "put", "delete"].includes(one.f);
    if (last !== undefined && isEvent(last) && isEvent(notice) && last.revision === notice.revision)
      groups.at(-1)?.push(notice);
    else groups.push([notice]);
  }
  return groups;
}
