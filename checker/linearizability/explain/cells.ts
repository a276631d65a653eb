/**
 * Reasons about cells: parts of a state that hold one value each, such as a register, the membership of an element in a
 * set, the value of a key, the holder of a lock. A model says how an operation touches them; everything else is common.
 */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { same } from "../../canonical.ts";
import {
  type Claim,
  earlierThan,
  isCertain,
  named,
  othersOf,
  type Past,
  type Reason,
  type Reasoner,
} from "./reason.ts";

/** Whether a cell holds a value after an operation that took effect; `as-before`: the operation leaves the cell alone. */
export type After = "this" | "other" | "perhaps-this" | "perhaps-other" | "as-before";

/** How an operation touches cells, if it takes effect; for a refused one, only what it found. */
export interface Touch {
  /** The cells that it may change, and those that it finds where they are few. */
  readonly cells: readonly string[];
  /** The value that it found in a cell before its own effect; undefined where it does not say. Absent: never. */
  found?(cell: string): Json | undefined;
  /** The value that it found not to be in a cell; undefined where it does not say. Absent: never. */
  foundNot?(cell: string): Json | undefined;
  /** Whether a cell holds `value` after it. Absent: it changes nothing. */
  after?(cell: string, value: Json): After;
}

export interface Cells {
  /** The value that a cell holds at first. */
  initial(cell: string): Json;
  /** Cells of the initial state that no operation may name. */
  readonly cells?: readonly string[];
  touch(call: Call, outcome: Outcome): Touch;
  /** What makes a claim true, in the past tense, to follow "nothing": `wrote 41`, `removed 2 from the set`. */
  making(claim: Claim): string;
}

/** What is known of a claim that the bad operation makes. */
interface Known {
  readonly claim: Claim;
  /** It was true at first, or something that was called before the bad one returned can have made it true. */
  wasTrue: boolean;
  /** When the last of these had returned: an index, -1 where there is none. */
  lastReturn: number;
  /** Something that was called later, and answered, made it true. */
  later: boolean;
}

/** Reasons for a model whose state has these cells. Sound as far as `touch` is: the claims refute the operation. */
export const cellReasons =
  (cells: Cells): Reasoner =>
  (past) => {
    const claims = claimsOf(cells, past);
    return never(cells, claims) ?? ended(cells, claims, past) ?? taken(cells, claims, past);
  };

/** Whether an operation can turn a claim from false to true. An operation that finds it true cannot. */
function mayMakeTrue(touch: Touch, claim: Claim): boolean {
  const found = claimOf(touch, claim.cell);
  if (found !== undefined && implies(found, claim)) return false;
  const after = afterOf(touch, claim);
  return claim.holds
    ? after === "this" || after === "perhaps-this"
    : after !== "this" && after !== "as-before";
}

/** Whether a claim about a cell makes another one about it true. */
function implies(found: Claim, claim: Claim): boolean {
  const isSame = same(found.value, claim.value);
  return found.holds ? isSame === claim.holds : isSame && !claim.holds;
}

const makesFalse = (after: After, { holds }: Claim): boolean => after === (holds ? "other" : "this");

const afterOf = (touch: Touch, { cell, value }: Claim): After => touch.after?.(cell, value) ?? "as-before";

function claimOf(touch: Touch, cell: string): Claim | undefined {
  const found = touch.found?.(cell);
  if (found !== undefined) return { cell, value: found, holds: true };
  const not = touch.foundNot?.(cell);
  return not === undefined ? undefined : { cell, value: not, holds: false };
}

/** What was refused changed nothing. */
function touchOf({ touch }: Cells, { list }: Past, i: number): Touch {
  const { after, ...found } = touch(list.call(i), list.outcome(i));
  return after === undefined || list.outcome(i).type === "fail" ? found : { ...found, after };
}

function claimsOf(cells: Cells, past: Past): ReadonlyMap<string, Known> {
  const { list, bad } = past;
  const own = touchOf(cells, past, bad);
  const claims = new Map<string, Known>();
  const known = (cell: string): Known | undefined => {
    const old = claims.get(cell);
    const claim = old === undefined ? claimOf(own, cell) : undefined;
    if (claim === undefined) return old;
    const wasTrue = same(cells.initial(cell), claim.value) === claim.holds;
    const made = { claim, wasTrue, lastReturn: -1, later: false };
    claims.set(cell, made);
    return made;
  };
  for (const cell of [...own.cells, ...(cells.cells ?? [])]) known(cell);
  const end = list.returnIndex(bad);
  for (let i = 0; i < list.length; i++) {
    const outcome = list.outcome(i);
    if (i === bad || outcome.type === "fail") continue;
    const touch = touchOf(cells, past, i);
    for (const cell of touch.after === undefined ? [] : touch.cells) {
      const one = known(cell);
      if (one === undefined || !mayMakeTrue(touch, one.claim)) continue;
      if (list.callIndex(i) > end) one.later ||= outcome.type === "ok";
      else {
        one.wasTrue = true;
        one.lastReturn = Math.max(one.lastReturn, list.returnIndex(i));
      }
    }
  }
  return claims;
}

function never(cells: Cells, claims: ReadonlyMap<string, Known>): Reason | undefined {
  for (const { claim, wasTrue, later } of claims.values())
    if (!wasTrue) return { kind: "never", claim, what: cells.making(claim), later };
  return undefined;
}

function ended(cells: Cells, claims: ReadonlyMap<string, Known>, past: Past): Reason | undefined {
  const enders = new Map<number, Claim>();
  const witnesses = new Map<number, Claim>();
  for (const i of earlierThan(past)) {
    const touch = touchOf(cells, past, i);
    const isSince = ({ lastReturn }: Known) => past.list.callIndex(i) > lastReturn;
    for (const cell of touch.cells) {
      const known = claims.get(cell);
      if (known !== undefined && isSince(known) && makesFalse(afterOf(touch, known.claim), known.claim))
        enders.set(i, known.claim);
    }
    // The findings may concern all cells that exist, so only shown operations are examined.
    if (!past.shown.has(i)) continue;
    const known = [...claims.values()].find((one) => isSince(one) && deniesClaim(touch, one.claim));
    if (known !== undefined) witnesses.set(i, known.claim);
  }
  for (const [found, saw] of [
    [enders, false],
    [witnesses, true],
  ] as const) {
    const i = named(past, [...found.keys()]);
    const claim = i === undefined ? undefined : found.get(i);
    if (i === undefined || claim === undefined) continue;
    return { kind: "ended", claim, what: cells.making(claim), by: past.list.operation(i), saw };
  }
  return undefined;
}

/** Whether an operation found that the claim was false. */
function deniesClaim(touch: Touch, { cell, value, holds }: Claim): boolean {
  const other = claimOf(touch, cell);
  if (other === undefined) return false;
  const isSame = same(other.value, value);
  return holds ? other.holds !== isSame : other.holds && isSame;
}

function taken(cells: Cells, claims: ReadonlyMap<string, Known>, past: Past): Reason | undefined {
  const { list, bad } = past;
  const own = touchOf(cells, past, bad);
  for (const { claim } of claims.values()) {
    if (!claim.holds || afterOf(own, claim) !== "other") continue;
    const takers: number[] = [];
    let most = 0;
    for (const i of othersOf(past)) {
      const touch = touchOf(cells, past, i);
      if (!touch.cells.includes(claim.cell)) continue;
      const after = afterOf(touch, claim);
      const found = isCertain(list.outcome(i)) ? touch.found?.(claim.cell) : undefined;
      const isFound = found !== undefined && same(found, claim.value);
      if (isFound && after === "other" && list.returnIndex(i) <= list.returnIndex(bad)) takers.push(i);
      if (mayMakeTrue(touch, claim)) most++;
    }
    const atFirst = same(cells.initial(claim.cell), claim.value);
    if (takers.length + 1 <= most + (atFirst ? 1 : 0)) continue;
    const by = takers.map((i) => list.operation(i));
    return { kind: "taken", claim, what: cells.making(claim), by, most, atFirst };
  }
  return undefined;
}
