/**
 * Which reads meet a known limit of their read mode: by the node that answered, by the times of the request and the
 * answer, and by the faults and leaders that the harness recorded. Nothing else excuses a stale read.
 */
import type { KnownLimit } from "../../core/consistency.ts";
import { type FaultWindow, faultWindows, isCutOff, type LeaderSpan, leaderSpans } from "../../core/fault.ts";
import { type ClientEvent, type History, isHarnessEvent } from "../../core/history.ts";
import type { NodeId, Operation } from "../../core/op.ts";
import { millis, type Nanos, nanos } from "../../core/time.ts";
import type { MetLimit } from "../../core/verdict.ts";
import { atTime, duration } from "../../core/wording.ts";
import type { Model } from "../model.ts";
import { isRead } from "../reads/is-read.ts";
import { type Election, elections } from "./elections.ts";

/** Reads of one node, or of any, that meet a limit if they were answered between two times, both included. */
interface Excuse {
  readonly limit: KnownLimit;
  /** Undefined: any node. */
  readonly node: NodeId | undefined;
  readonly from: Nanos;
  readonly to: Nanos;
  /** The read was asked no later than this. */
  readonly askedBy: Nanos;
  /** How an answer at that time meets the condition; follows "answered by n2, ". */
  words(at: Nanos): string;
}

/** What the limits excuse in one history. */
export interface Excuses {
  /** The limit that a read meets; undefined where it meets none. */
  of(read: Operation): MetLimit | undefined;
}

export function excusesOf(model: Model, history: History, limits: readonly KnownLimit[]): Excuses {
  const excuses = limits.flatMap((limit) => excusesBy(model, limit, history));
  return {
    of({ node, invokedAt: asked, completedAt: at }) {
      const met = excuses.find(
        (each) => (each.node ?? node) === node && asked <= each.askedBy && each.from <= at && at <= each.to,
      );
      if (met === undefined || node === undefined) return undefined;
      const { name, boundMs } = met.limit;
      const sentence = `answered by ${node}, ${met.words(at)}; bound ${duration(millis(boundMs))}`;
      return { name, node, at, boundMs, sentence };
    },
  };
}

function excusesBy(model: Model, limit: KnownLimit, history: History): Excuse[] {
  const leaders = leaderSpans(history);
  if (limit.condition === "new-leader") {
    const isUpdate = (event: ClientEvent) => !isRead(model, event);
    return elections(leaders, history, isUpdate).flatMap((elected) => ofElection(limit, elected));
  }
  const nodes = nodesOf(history);
  return faultWindows(history).flatMap((fault) => {
    if (fault.flapping === true) return leaders.flatMap((span) => ofFlapping(limit, span, fault));
    const led = fault.led ?? leaderAt(leaders, fault.from);
    if (led === undefined) return [];
    if (isPause(fault)) return fault.nodes.includes(led) ? [ofPause(limit, led, fault)] : [];
    return isCutOff(led, fault.cut, nodes) ? ofCut(limit, led, fault) : [];
  });
}

/** `pause`, `pause-leader`, …: a process that was stopped and later continues from where it was. */
const isPause = ({ name }: FaultWindow): boolean => name === "pause" || name.startsWith("pause-");

const whenever = nanos(Number.POSITIVE_INFINITY);

function ofPause(limit: KnownLimit, node: NodeId, { from, to }: FaultWindow): Excuse {
  return {
    limit,
    node,
    from,
    to: nanos(to + millis(limit.boundMs)),
    askedBy: whenever,
    words: (at) =>
      `which led when it was paused at ${atTime(from)}, ${at <= to ? "as it was resumed" : `${duration(at - to)} after it was resumed`}`,
  };
}

function ofCut(limit: KnownLimit, node: NodeId, { from }: FaultWindow): Excuse[] {
  const { leaseMs } = limit;
  if (leaseMs === undefined) return [];
  const excuse: Excuse = {
    limit: { ...limit, boundMs: leaseMs },
    node,
    from,
    to: nanos(from + millis(leaseMs)),
    askedBy: whenever,
    words: (at) => `which led when it was cut off at ${atTime(from)}, ${duration(at - from)} after that`,
  };
  return [excuse];
}

/** Whoever led while links came and went may have been cut off at any moment of it. */
function ofFlapping(limit: KnownLimit, span: LeaderSpan, fault: FaultWindow): Excuse[] {
  const { leaseMs } = limit;
  const { node } = span;
  const [from, last] = [Math.max(span.from, fault.from), Math.min(span.to, fault.to)];
  if (leaseMs === undefined || node === undefined || from > last) return [];
  const excuse: Excuse = {
    limit: { ...limit, boundMs: leaseMs },
    node,
    from: nanos(from),
    to: nanos(last + millis(leaseMs)),
    askedBy: whenever,
    words: (at) =>
      `which led while its links came and went from ${atTime(fault.from)} on, ${at <= last ? "and still did" : `${duration(at - last)} after that`}`,
  };
  return [excuse];
}

function ofElection(limit: KnownLimit, { node, from, since, firstUpdate }: Election): Excuse[] {
  const when = (at: Nanos) =>
    at < from
      ? `${duration(from - at)} before it was first seen to lead at ${atTime(from)}`
      : `${duration(at - from)} after it was first seen to lead at ${atTime(from)}`;
  const within = { limit, from: since, to: nanos(from + millis(limit.boundMs)) };
  const own: Excuse = {
    ...within,
    node,
    askedBy: whenever,
    words: (at) => `which had just been elected, ${when(at)}`,
  };
  const forwarded: Excuse = {
    ...within,
    node: undefined,
    askedBy: firstUpdate,
    words: (at) => `which forwarded it to ${node}, newly elected, ${when(at)}`,
  };
  return limit.forwarded === true ? [own, forwarded] : [own];
}

/** The node that was seen to lead last before `time`. */
const leaderAt = (spans: readonly LeaderSpan[], time: Nanos): NodeId | undefined =>
  spans.findLast(({ from }) => from <= time)?.node;

/** Each node that a client used or a fault affected. */
function nodesOf(history: History): NodeId[] {
  const nodes = new Set(faultWindows(history).flatMap(({ nodes, cut }) => [...nodes, ...cut.flat()]));
  for (const event of history) if (!isHarnessEvent(event) && event.node !== undefined) nodes.add(event.node);
  return [...nodes];
}
