/**
 * Where the nodes of a cluster at rest do not hold the same and the newest elements. What is claimed is certain, as it is
 * for registers: by the order of events, and by the time that a node had to catch up.
 */
import type { NodeId, Operation } from "../../core/op.ts";
import { type Nanos, nanos } from "../../core/time.ts";
import { type AtRest, lastAnswers } from "../convergence/at-rest.ts";
import {
  answerOf,
  isShown,
  type Known,
  type Life,
  type Listing,
  mayBeGone,
  removedBy,
  type SetHistory,
  setHistories,
  show,
} from "./lives.ts";

/** Why a wrong list is no mere delay: the node was asked late, or `earlier` it had listed what it lacks now. */
export type RestProof = { readonly type: "late" } | { readonly type: "earlier"; readonly list: Operation };

/** An element that a node's last list lacks, or shows although it was taken out. */
export interface Wrong {
  readonly life: Life;
  readonly shows: boolean;
  readonly since: Known;
  readonly proof: RestProof | undefined;
}

export interface NodeAnswer {
  readonly node: NodeId;
  readonly list: Operation;
  readonly shown: ReadonlySet<Life>;
}

export type RestFinding =
  /** `wrong`: what to name first; `all`: that and the others. */
  | (NodeAnswer & {
      readonly type: "behind";
      readonly wrong: Wrong;
      readonly all: readonly Wrong[];
      readonly isEverywhere: boolean;
      readonly others: readonly NodeAnswer[];
    })
  | (NodeAnswer & { readonly type: "unexpected"; readonly life: Life })
  /** Nodes that differ about an element which may have been put in, or taken out, meanwhile. */
  | {
      readonly type: "disagreement";
      readonly life: Life;
      readonly showing: readonly NodeAnswer[];
      readonly lacking: readonly NodeAnswer[];
      /** A list that was late and lacked the element, long before one that still shows it was asked for. */
      readonly proof: Operation | undefined;
    }
  | { readonly type: "unheard"; readonly node: NodeId; readonly isAsked: boolean };

export interface SetAtRest {
  readonly set: string;
  readonly asked: ReadonlySet<NodeId>;
  readonly answers: readonly Operation[];
  readonly findings: readonly RestFinding[];
}

/** `bound`: how long a node may take to catch up once everything is healed and a change is in place. */
export function setsAtRest(rest: AtRest, bound: Nanos): SetAtRest[] {
  return setHistories(rest.operations())
    .filter(
      ({ set, lives }) => rest.asked.has(set) || [...lives.values()].some(({ add }) => add !== undefined),
    )
    .map((history) => new RestOfSet(history, rest, bound).judge());
}

interface Judged extends NodeAnswer {
  readonly wrong: readonly Wrong[];
  readonly unexpected: Life | undefined;
}

class RestOfSet {
  readonly #history: SetHistory;
  readonly #rest: AtRest;
  readonly #bound: Nanos;
  /** The set's lists by the index of their invocation. */
  readonly #lists: ReadonlyMap<number, Listing>;
  readonly #local: readonly Operation[];

  constructor(history: SetHistory, rest: AtRest, bound: Nanos) {
    this.#history = history;
    this.#rest = rest;
    this.#bound = bound;
    this.#lists = new Map(history.lists.map((list) => [list.operation.callIndex, list]));
    this.#local = [...rest.reads.values()].flat().filter(({ call }) => (call.key ?? "") === history.set);
  }

  judge(): SetAtRest {
    const { set } = this.#history;
    const reads = this.#rest.asked.get(set) ?? [];
    const asked = new Set(reads.flatMap(({ node }) => (node === undefined ? [] : [node])));
    const last = lastAnswers(reads.filter(({ callIndex }) => this.#lists.has(callIndex)));
    const judged = [...last].map(([node, lists]) => this.#best(node, lists));
    const unheard = this.#rest.nodes
      .filter((node) => !last.has(node))
      .map((node): RestFinding => ({ type: "unheard", node, isAsked: asked.has(node) }));
    const findings = [...this.#behind(judged), ...this.#disagreements(judged), ...unheard];
    return { set, asked, answers: [...last.values()].flat(), findings };
  }

  /** The best of a node's last answers: it may have caught up between them. */
  #best(node: NodeId, lists: readonly Operation[]): Judged {
    const badness = ({ wrong, unexpected }: Judged) => wrong.length + (unexpected === undefined ? 0 : 1);
    return lists
      .map((list) => this.#judgeList(node, list))
      .reduce((a, b) => (badness(b) < badness(a) ? b : a));
  }

  #judgeList(node: NodeId, operation: Operation): Judged {
    const list = this.#lists.get(operation.callIndex) as Listing;
    const shown = new Set(show(this.#history, list));
    const wrong: Wrong[] = [];
    for (const life of this.#history.lives.values()) {
      const since = isShown(life, this.#history) ? removedBy(life) : life.inPlace;
      if (!life.isUnique || life.add === undefined || since === undefined) continue;
      if (since.index >= operation.callIndex) continue;
      if (!isShown(life, this.#history) && mayBeGone(life, operation.returnIndex)) continue;
      wrong.push({ life, shows: isShown(life, this.#history), since, proof: undefined });
    }
    const unexpected = [...shown].find(
      ({ add }) => add === undefined || add.callIndex > operation.returnIndex,
    );
    const proven = wrong.map((one) => ({ ...one, proof: this.#proof(node, operation, one) }));
    return { node, list: operation, shown, wrong: proven, unexpected };
  }

  #behind(judged: readonly Judged[]): RestFinding[] {
    return judged.flatMap(({ wrong, unexpected, ...answer }): RestFinding[] => {
      const found: RestFinding[] =
        unexpected === undefined ? [] : [{ type: "unexpected", ...answer, life: unexpected }];
      const named = wrong.find(({ proof }) => proof !== undefined) ?? wrong[0];
      if (named === undefined) return found;
      const isEverywhere = judged.every((other) => other.wrong.some(({ life }) => life === named.life));
      const others = judged.filter((other) => other.node !== answer.node);
      return [...found, { type: "behind", ...answer, wrong: named, all: wrong, isEverywhere, others }];
    });
  }

  #disagreements(judged: readonly Judged[]): RestFinding[] {
    const all = new Set(judged.flatMap(({ shown }) => [...shown]));
    const found: Extract<RestFinding, { type: "disagreement" }>[] = [];
    for (const life of all) {
      if (
        judged.some(({ wrong, unexpected }) => unexpected === life || wrong.some((one) => one.life === life))
      )
        continue;
      const showing = judged.filter(({ shown }) => shown.has(life));
      if (showing.length === judged.length) continue;
      const lacking = judged.filter(({ shown }) => !shown.has(life));
      const proof = this.#provenGone(life, showing);
      found.push({ type: "disagreement", life, showing, lacking, proof });
    }
    // One for each set is enough: the nodes are asked for all of it.
    const worst = found.find(({ proof }) => proof !== undefined) ?? found[0];
    return worst === undefined ? [] : [worst];
  }

  /** A list that proves the element gone too long before one of `showing` was asked for to be a delay. */
  #provenGone(life: Life, showing: readonly NodeAnswer[]): Operation | undefined {
    const { inPlace } = life;
    if (!life.isUnique || life.add === undefined || inPlace === undefined) return undefined;
    return this.#local.find((gone) => {
      const list = this.#lists.get(gone.callIndex);
      if (list === undefined || gone.node === undefined || gone.callIndex < inPlace.index) return false;
      show(this.#history, list);
      if (isShown(life, this.#history) || !mayBeGone(life, gone.returnIndex)) return false;
      if (this.#proof(gone.node, gone, { life, shows: false, since: inPlace }) === undefined) return false;
      const known = answerOf(gone);
      return showing.some(({ list: late }) => late.callIndex > known.index && this.#isLate(late, known));
    });
  }

  #isLate(list: Operation, since: Known): boolean {
    return list.invokedAt - Math.max(this.#rest.healedAt, since.time) >= this.#bound;
  }

  #proof(node: NodeId, list: Operation, { life, shows, since }: Omit<Wrong, "proof">): RestProof | undefined {
    if (this.#isLate(list, since)) return { type: "late" };
    if (shows) return undefined;
    const earlier = this.#local.find((one) => {
      const own = this.#lists.get(one.callIndex);
      return (
        own !== undefined &&
        one.node === node &&
        one.returnIndex < list.callIndex &&
        own.values.some((value) => value === life.value)
      );
    });
    return earlier === undefined ? undefined : { type: "earlier", list: earlier };
  }
}

/** How much later than the heal a list was asked for. */
export const afterHeal = (list: Operation, { healedAt }: AtRest): Nanos =>
  nanos(Math.max(0, list.invokedAt - healedAt));

export const isViolation = (finding: RestFinding): boolean => {
  switch (finding.type) {
    case "behind":
      return finding.wrong.proof !== undefined;
    case "unexpected":
      return true;
    case "disagreement":
      return finding.proof !== undefined;
    case "unheard":
      return false;
  }
};

/** An element that nodes surely lack at rest although nothing took it out. */
export interface LostAtRest {
  readonly life: Life;
  readonly lists: readonly Operation[];
}

/** The elements that are lost at some node, and the last list of each such node. */
export function lostAtRest(sets: readonly SetAtRest[]): LostAtRest[] {
  const lost = new Map<Life, Operation[]>();
  for (const finding of sets.flatMap(({ findings }) => findings)) {
    if (finding.type !== "behind") continue;
    for (const { life, shows, proof } of finding.all) {
      if (shows || proof === undefined) continue;
      lost.set(life, [...(lost.get(life) ?? []), finding.list]);
    }
  }
  return Array.from(lost, ([life, lists]) => ({ life, lists }));
}
