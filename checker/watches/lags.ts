/** How late events were: from a change's invocation and acknowledgement to its event, by node, with and without faults. */
import type { NoticeEvent } from "../../core/history.ts";
import type { NodeId } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import type { Curve, CurveStep, Lane } from "../../core/verdict.ts";
import { count, duration } from "../../core/wording.ts";
import type { Deadlines } from "./deadlines.ts";

/** Events that were later than this are drawn. */
const slowMs = 250;
/** Slow events of a node that follow each other this closely are one window. */
const gap = nanos(500e6);

/** Shortest step of a curve. */
const finestStep = 100e6;
/** Steps of a node's curve, at most. */
const stepLimit = 300;

interface Sample {
  readonly sinceAnswer: number[];
  readonly sinceCall: number[];
}

interface Window {
  readonly node: NodeId;
  readonly from: Nanos;
  to: Nanos;
  events: number;
  worstMs: number;
}

export class Lags {
  readonly #deadlines: Deadlines;
  readonly #calm = new Map<string, Sample>();
  readonly #disturbed = new Map<string, Sample>();
  /** Times at which changes were acknowledged, and the lags of their events, by node. */
  readonly #overTime = new Map<NodeId, { readonly at: number[]; readonly ms: number[] }>();
  readonly #slow: { node: NodeId; from: Nanos; to: Nanos; ms: number }[] = [];

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /**
   * Adds a notice of a change that was made while its watch was there: known at `known`, requested at `called`. Returns its
   * lag, milliseconds since `known`.
   */
  add({ node, time }: NoticeEvent, known: Nanos, called: Nanos | undefined): number {
    const ms = (time - known) / 1e6;
    const isDisturbed = this.#deadlines.isDisturbed(time) || this.#deadlines.isDisturbed(known);
    const sample = sampleOf(isDisturbed ? this.#disturbed : this.#calm, node);
    sample.sinceAnswer.push(ms);
    if (called !== undefined) sample.sinceCall.push((time - called) / 1e6);
    const own = this.#overTime.get(node) ?? { at: [], ms: [] };
    this.#overTime.set(node, own);
    own.at.push(known);
    own.ms.push(ms);
    if (ms > slowMs) this.#slow.push({ node, from: known, to: time, ms });
    return ms;
  }

  /** Milliseconds: percentiles over all nodes, and the worst of each. */
  figures(): Record<string, number> {
    return {
      ...figuresOf("lag", this.#calm),
      ...(this.#disturbed.size > 0 && figuresOf("lag during faults", this.#disturbed)),
    };
  }

  /** Lag of each node's watches over time, by when a change was acknowledged, so that a stall shows where it began. */
  curves(): Curve[] {
    const nodes = [...this.#overTime].sort(([a], [b]) => (a < b ? -1 : 1));
    const last = nodes.reduce((latest, [, { at }]) => at.reduce((a, b) => Math.max(a, b), latest), 0);
    const step = finestStep * Math.max(1, Math.ceil(last / finestStep / stepLimit));
    return nodes.map(([node, { at, ms }]) => ({
      label: "watch lag",
      node,
      step: nanos(step),
      steps: stepsOf(at, ms, step),
    }));
  }

  /** The times in which a node's watchers were behind. */
  lanes(): Lane[] {
    const open = new Map<NodeId, Window>();
    const windows: Window[] = [];
    for (const { node, from, to, ms } of this.#slow.toSorted((a, b) => a.from - b.from)) {
      const last = open.get(node);
      if (last !== undefined && from <= last.to + gap) {
        last.to = nanos(Math.max(last.to, to));
        last.events++;
        last.worstMs = Math.max(last.worstMs, ms);
        continue;
      }
      const window = { node, from, to, events: 1, worstMs: ms };
      open.set(node, window);
      windows.push(window);
    }
    return windows.map(({ node, from, to, events, worstMs }) => ({
      label: "slow deliveries",
      node,
      from,
      to,
      text: `${count(events, "event")} up to ${duration(worstMs * 1e6)} after acknowledgement`,
      figures: { events, "worst lag ms": worstMs },
      colour: "noticed",
    }));
  }
}

function stepsOf(at: readonly number[], ms: readonly number[], step: number): CurveStep[] {
  const samples = new Map<number, number[]>();
  at.forEach((time, i) => {
    const index = Math.floor(time / step);
    const own = samples.get(index);
    const lag = ms[i] as number;
    if (own === undefined) samples.set(index, [lag]);
    else own.push(lag);
  });
  return [...samples]
    .sort(([a], [b]) => a - b)
    .map(([index, lags]) => {
      const all = sorted([lags]);
      const rounded = (share: number) => Math.round(quantile(all, share) * 1e3) / 1e3;
      return { at: nanos(index * step), count: all.length, p50Ms: rounded(0.5), worstMs: rounded(1) };
    });
}

function sampleOf(samples: Map<string, Sample>, node: string): Sample {
  const known = samples.get(node);
  if (known !== undefined) return known;
  const made = { sinceAnswer: [], sinceCall: [] };
  samples.set(node, made);
  return made;
}

function figuresOf(name: string, samples: ReadonlyMap<string, Sample>): Record<string, number> {
  const answer = sorted([...samples.values()].map(({ sinceAnswer }) => sinceAnswer));
  const call = sorted([...samples.values()].map(({ sinceCall }) => sinceCall));
  if (answer.length === 0) return {};
  const nodes = [...samples].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    [`${name} p50 ms`]: quantile(answer, 0.5),
    [`${name} p99 ms`]: quantile(answer, 0.99),
    [`${name} worst ms`]: quantile(answer, 1),
    [`${name} least ms`]: quantile(answer, 0),
    ...(call.length > 0 && {
      [`${name} since invocation p50 ms`]: quantile(call, 0.5),
      [`${name} since invocation p99 ms`]: quantile(call, 0.99),
    }),
    ...Object.fromEntries(
      nodes.flatMap(([node, { sinceAnswer }]) => {
        const own = sorted([sinceAnswer]);
        return [
          [`${name} p99 ms on ${node}`, quantile(own, 0.99)],
          [`${name} worst ms on ${node}`, quantile(own, 1)],
        ];
      }),
    ),
  };
}

function sorted(lists: readonly (readonly number[])[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let from = 0;
  for (const list of lists) {
    all.set(list, from);
    from += list.length;
  }
  return all.sort();
}

const quantile = (ascending: Float64Array, share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? 0;
