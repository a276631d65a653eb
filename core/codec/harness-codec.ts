/** Harness events from JSON, in today's shape and that of before: a fault's `f` was the name of its nemesis. */
import type { FaultChange, HarnessNews, NodeDigest, Phase } from "../harness-event.ts";
import type { NodeId } from "../op.ts";
import { type Nanos, nanos } from "../time.ts";

/** The members that a harness event may have in addition to its head. */
export interface HarnessMembers {
  readonly f: string;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly since?: unknown;
}

export type ReadNews =
  | { readonly kind: "news"; readonly news: HarnessNews }
  /** Another writer's nemesis (Jepsen's own): it says nothing to any checker. */
  | { readonly kind: "foreign" }
  | { readonly kind: "wrong"; readonly expected: string };

export function readHarnessNews(json: HarnessMembers): ReadNews {
  const { f, value } = json;
  switch (f) {
    case "phase":
      if (!phases.has(value)) return wrong('a phase: "main", "quiet", "ending" or "final"');
      return { kind: "news", news: { f, value: value as Phase } };
    case "leader": {
      if (value !== null && !isText(value)) return wrong("a leader: a node's name, or null");
      const since = sinceOf(json.since);
      if (since === undefined) return wrong("a leader since a time");
      return { kind: "news", news: { f, value: value as NodeId | null, ...since } };
    }
    case "digest":
      if (!isDigest(value)) return wrong("a digest with node, at, digest and since");
      return { kind: "news", news: { f, value } };
    case "compaction":
      if (!isFiniteNumber(value)) return wrong("a compaction to a revision");
      return { kind: "news", news: { f, value } };
    case "fault":
      return isText(json.name)
        ? faultNews(json.name, value, json.since)
        : wrong("a fault with its nemesis' name");
    default:
      return isMarked(value) ? faultNews(f, value, json.since) : { kind: "foreign" };
  }
}

function faultNews(name: string, value: unknown, time: unknown): ReadNews {
  if (!isFaultChange(value)) return wrong("a fault with state (begin, proven, end), id, summary and nodes");
  const since = sinceOf(time);
  if (since === undefined) return wrong("a fault since a time");
  return { kind: "news", news: { f: "fault", name, value, ...since } };
}

/** The member `since`, where it is given; undefined if it is no time. */
function sinceOf(time: unknown): { readonly since?: Nanos } | undefined {
  if (time === undefined) return {};
  return isFiniteNumber(time) ? { since: nanos(time) } : undefined;
}

const wrong = (expected: string): ReadNews => ({ kind: "wrong", expected });

const isText = (value: unknown): value is string => typeof value === "string";
const isFiniteNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
const phases: ReadonlySet<unknown> = new Set(["main", "quiet", "ending", "final"]);
const states: ReadonlySet<unknown> = new Set(["begin", "proven", "end"]);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** What our own harness wrote as a fault, and Jepsen does not. */
const isMarked = (value: unknown): boolean =>
  isRecord(value) && Object.hasOwn(value, "state") && Object.hasOwn(value, "id");
const isLink = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every(isText);

function isFaultChange(value: unknown): value is FaultChange {
  if (!isRecord(value)) return false;
  const { state, id, summary, nodes, cut = [], flapping = true, led = "", proof = "" } = value;
  return (
    states.has(state) &&
    Number.isSafeInteger(id) &&
    typeof summary === "string" &&
    Array.isArray(nodes) &&
    nodes.every(isText) &&
    Array.isArray(cut) &&
    cut.every(isLink) &&
    flapping === true &&
    typeof led === "string" &&
    typeof proof === "string"
  );
}

function isDigest(value: unknown): value is NodeDigest {
  if (!isRecord(value)) return false;
  const { node, at, digest, since } = value;
  return isText(node) && isFiniteNumber(at) && typeof digest === "string" && isFiniteNumber(since);
}
