/**
 * Finds where the nodes of a cluster at rest do not agree on the newest values. Each finding is certain: by the order of
 * events, by the revisions that the system itself reported, and by the time that a node had to catch up.
 */
import type { NodeId, Operation } from "../../core/op.ts";
import type { Nanos } from "../../core/time.ts";
import { same } from "../canonical.ts";
import { definitelyBefore, type Version, valueRead } from "../reads/versions.ts";
import type { KeyAtRest, Rest } from "./rest.ts";

/** Why an old value is more than a delay. */
export type Proof =
  /** The node was asked this much later than the heal and the missing write. */
  | { readonly type: "late"; readonly after: Nanos }
  /** The state that was read is at or after the missing write's revision. */
  | { readonly type: "own-revision" }
  /** The node had answered from a state with the missing write in it since the heal. */
  | { readonly type: "earlier"; readonly read: Operation };

interface Answer {
  readonly node: NodeId;
  readonly read: Operation;
}

export type Finding =
  /** A value that had been overwritten. `everywhere`: no node returned anything newer. No proof: it was not asked again. */
  | (Answer & {
      readonly type: "behind";
      readonly key: string;
      readonly missing: Version;
      readonly proof: Proof | undefined;
      readonly everywhere: boolean;
      readonly others: readonly Answer[];
    })
  /** A value that no operation had been asked to write. */
  | (Answer & { readonly type: "unwritten"; readonly key: string; readonly others: readonly Answer[] })
  /** Values in no known order; where `proven`, each was in place before all nodes were asked: at least one node is behind. */
  | {
      readonly type: "disagreement";
      readonly key: string;
      readonly answers: readonly Answer[];
      readonly proven: boolean;
    }
  | { readonly type: "unheard"; readonly key: string; readonly node: NodeId; readonly asked: boolean };

/** `bound`: how long a node may take to catch up once everything is healed and the write is in place. */
export function findingsOf(rest: Rest, bound: Nanos): Finding[] {
  const proofs = new Proofs(rest, bound);
  return rest.keys.flatMap((key) => (key.isSettled ? [] : keyFindings(key, rest, proofs)));
}

/** Whether the finding breaks what every read mode promises; otherwise whether the nodes agree stays open. */
export function isViolation(finding: Finding): boolean {
  if (finding.type === "behind") return finding.proof !== undefined;
  return finding.type === "unwritten" || (finding.type === "disagreement" && finding.proven);
}

function keyFindings(key: KeyAtRest, { nodes }: Rest, proofs: Proofs): Finding[] {
  const byEvents = nodes.map((node) => judgeNode(key, node, inPlaceBefore));
  const judged = agree(byEvents.filter(isHeard))
    ? nodes.map((node) => judgeNode(key, node, definitelyBefore))
    : byEvents;
  const answers = judged.filter(isHeard);
  const fresh = judged.filter((one) => one.kind === "fresh");
  const findings = judged.flatMap((one): Finding[] => {
    const { node } = one;
    if (one.kind === "unheard") return [{ type: "unheard", key: key.key, node, asked: key.asked.has(node) }];
    if (one.kind === "fresh") return [];
    const others = answers.filter((other) => other.node !== node);
    const { read } = one;
    if (one.kind === "unwritten") return [{ type: "unwritten", key: key.key, node, read, others }];
    const { missing, proof } = missingAt(one, key, others, proofs);
    const everywhere = fresh.length === 0;
    return [{ type: "behind", key: key.key, node, read, missing, proof, everywhere, others }];
  });
  const disagreement = disagreementOf(key, fresh, proofs);
  return disagreement === undefined ? findings : [...findings, disagreement];
}

type Judged =
  | { readonly kind: "unheard"; readonly node: NodeId }
  | (Answer & { readonly kind: "fresh" })
  | (Answer & { readonly kind: "unwritten" })
  /** `newer`: versions in place when the node was asked that certainly came after what it returned. */
  | (Answer & { readonly kind: "behind"; readonly newer: readonly Version[] });

const isHeard = (one: Judged): one is Exclude<Judged, { kind: "unheard" }> => one.kind !== "unheard";

const agree = (answers: readonly Answer[]): boolean =>
  answers.every(({ read }) => same(valueRead(read), valueRead((answers[0] as Answer).read)));

/** Whether the first version certainly comes before the second one. */
type Before = (a: Version, b: Version) => boolean;

/**
 * By the order of events alone. Where the nodes return different values, one of them is wrong about something, and its
 * revisions may be: then they do not say which one it is.
 */
const inPlaceBefore: Before = (a, b) =>
  a !== b && b.operation !== undefined && (a.operation === undefined || a.effectBy < b.calledAt);

/** A node is as good as the best of its last answers, which overlap in time: it may have caught up between them. */
function judgeNode(key: KeyAtRest, node: NodeId, before: Before): Judged {
  const reads = key.last.get(node) ?? [];
  const judged = reads.map((read) => judgeRead(key, node, read, before));
  return (
    judged.find(({ kind }) => kind === "fresh") ??
    judged.find(({ kind }) => kind === "behind") ??
    judged[0] ?? { kind: "unheard", node }
  );
}

function judgeRead(key: KeyAtRest, node: NodeId, read: Operation, before: Before): Judged {
  const seen = key.seenBy(read);
  if (seen.length === 0) return { kind: "unwritten", node, read };
  const [only] = seen;
  const newer = key.versions.filter(
    (version) =>
      version.effectBy < read.callIndex &&
      (seen.every((candidate) => before(candidate, version)) ||
        (seen.length === 1 && only !== undefined && replaces(version, only))),
  );
  return newer.length === 0 ? { kind: "fresh", node, read } : { kind: "behind", node, read, newer };
}

/** Whether the compare-and-set that took effect found the value that it expected, and no other operation had written. */
function replaces({ operation }: Version, { value }: Version): boolean {
  if (operation?.call.f !== "cas" || !Array.isArray(operation.call.value)) return false;
  return same(operation.call.value[0], value);
}

/** The missing write to report: preferably one whose loss is proven, then one that others returned, then the latest. */
function missingAt(
  { node, read, newer }: Extract<Judged, { kind: "behind" }>,
  key: KeyAtRest,
  others: readonly Answer[],
  proofs: Proofs,
): { readonly missing: Version; readonly proof: Proof | undefined } {
  const rank = ({ value }: Version) => (others.some((other) => same(valueRead(other.read), value)) ? 0 : 1);
  const ranked = newer.toSorted((a, b) => rank(a) - rank(b) || b.calledAt - a.calledAt);
  for (const missing of ranked) {
    const proof = proofs.of(key, node, read, missing);
    if (proof !== undefined) return { missing, proof };
  }
  return { missing: ranked[0] as Version, proof: undefined };
}

/**
 * Two nodes that returned different values of which neither is known to be the older. Where both values were in place
 * before either node was asked, one of the nodes returned an old one, whichever order they came in.
 */
function disagreementOf(key: KeyAtRest, fresh: readonly Answer[], proofs: Proofs): Finding | undefined {
  if (agree(fresh)) return undefined;
  const answers = fresh.map(({ node, read }) => ({ node, read }));
  const proven = answers.some((a) =>
    answers.some((b) => {
      if (same(valueRead(a.read), valueRead(b.read))) return false;
      const versions = [...key.seenBy(a.read), ...key.seenBy(b.read)];
      const inPlace = versions.every(
        ({ effectBy }) => effectBy < a.read.callIndex && effectBy < b.read.callIndex,
      );
      return (
        inPlace &&
        versions.every((version) => proofs.isLate(a.read, version) && proofs.isLate(b.read, version))
      );
    }),
  );
  return { type: "disagreement", key: key.key, answers, proven };
}

/** Distinguishes delays from losses. */
class Proofs {
  readonly #rest: Rest;
  readonly #bound: Nanos;

  constructor(rest: Rest, bound: Nanos) {
    this.#rest = rest;
    this.#bound = bound;
  }

  isLate(read: Operation, version: Version): boolean {
    return this.#late(read, version) >= this.#bound;
  }

  /** Why `read`, which saw something older than `missing`, cannot be a delay; undefined where it may be one. */
  of(key: KeyAtRest, node: NodeId, read: Operation, missing: Version): Proof | undefined {
    const after = this.#late(read, missing);
    if (after >= this.#bound) return { type: "late", after };
    const revision = read.outcome.type === "ok" ? read.outcome.output.revision : undefined;
    if (revision !== undefined && missing.revision !== undefined && revision >= missing.revision)
      return { type: "own-revision" };
    const earlier = this.#had(key, node, read, missing);
    return earlier === undefined ? undefined : { type: "earlier", read: earlier };
  }

  /** For how long the node could have caught up when it was asked. */
  #late(read: Operation, { effectTime }: Version): Nanos {
    return (read.invokedAt - Math.max(this.#rest.healedAt, effectTime)) as Nanos;
  }

  /**
   * A read that the node answered before, from a state with `missing` in it: one that saw it, or a write of any key that
   * the system ordered after it.
   */
  #had(key: KeyAtRest, node: NodeId, read: Operation, missing: Version): Operation | undefined {
    return this.#rest.reads.get(node)?.find((earlier) => {
      const { returnIndex, call, outcome } = earlier;
      if (returnIndex >= read.callIndex || outcome.type !== "ok") return false;
      const { modRevision } = outcome.output;
      if (modRevision !== undefined && missing.revision !== undefined) return modRevision >= missing.revision;
      if ((call.key ?? "") !== key.key || !same(valueRead(earlier), missing.value)) return false;
      const seen = key.seenBy(earlier);
      return seen.length === 1 && seen[0] === missing;
    });
  }
}
