/** Holds the reasons of violations against the histories that they are about, fact by fact. */
import { expect } from "vitest";
import type { Json, Operation } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { canonical, same } from "../canonical.ts";
import { checkOperations } from "../linearizability/check-operations.ts";
import { explain } from "../linearizability/explain/explain.ts";
import type { Claim, Reason } from "../linearizability/explain/reason.ts";
import { reasonFor } from "../linearizability/explain/reasoners.ts";
import { Budget, unlimited } from "../linearizability/limits.ts";
import { listOf } from "../linearizability/operation-list.ts";
import { illegal, type Model } from "../model.ts";
import { unanswered } from "./accepts.ts";
import { forSmallHistories, propertyRuns, type Scenario } from "./agreement.ts";
import { bruteForce } from "./brute-force.ts";

/** What operations do to the truth of a claim, found out without what the reasons are made of. */
export interface Oracle {
  atFirst(claim: Claim): boolean;
  /** Whether the operation can turn the claim from false to true. */
  mayMake(operation: Operation, claim: Claim): boolean;
  /** Whether the claim is true wherever the operation can happen. */
  needs(operation: Operation, claim: Claim): boolean;
  /** Whether the claim is false after the operation, wherever that can happen. */
  ends(operation: Operation, claim: Claim): boolean;
}

/** Tries operations on many states that the model can be in; `holds` says whether a claim is true in a state. */
export function oracleOf<S>(scenario: Scenario<S>, holds: (state: S, claim: Claim) => boolean): Oracle {
  const { model } = scenario;
  const states = statesOf(scenario, createRandom(1));
  const tried = (operation: Operation) =>
    states.flatMap((before) => {
      const after = model.step(before, operation.call, operation.outcome);
      return after === illegal ? [] : [{ before, after }];
    });
  return {
    atFirst: (claim) => holds(model.init, claim),
    mayMake: (operation, claim) =>
      tried(operation).some(({ before, after }) => !holds(before, claim) && holds(after, claim)),
    needs: (operation, claim) => tried(operation).every(({ before }) => holds(before, claim)),
    ends: (operation, claim) => tried(operation).every(({ after }) => !holds(after, claim)),
  };
}

/** The states of random walks, each once. */
function statesOf<S>({ model, call, answer }: Scenario<S>, random: Random): S[] {
  const print = (state: S) => model.fingerprint?.(state) ?? JSON.stringify(state);
  const states = new Map([[print(model.init), model.init]]);
  for (let walk = 0; walk < 60; walk++) {
    let state = model.init;
    for (let steps = 0; steps < 5; steps++) {
      const asked = call(random);
      const next = model.step(state, asked, answer(state, asked));
      if (next === illegal) continue;
      state = next;
      states.set(print(state), state);
    }
  }
  return [...states.values()];
}

/**
 * Every reason that is found for any operation of a small history is true of the history, and refutes it: by brute force,
 * the history up to there is illegal. Most violations have one.
 */
export function expectTrueReasons<S>(
  scenario: Scenario<S>,
  oracle: Oracle,
  runs = Math.ceil(propertyRuns / 10),
): void {
  const model = scenario.model as unknown as Model;
  const seen = { reasons: 0, none: 0 };
  forSmallHistories(
    scenario,
    (history) => {
      for (const [i, bad] of history.entries()) {
        if (!isCertain(bad)) continue;
        for (const shown of [[], history]) {
          const reason = reasonFor(model, listOf(history), i, shown);
          if (reason !== undefined) expectTrue(scenario.model, history, bad, reason, oracle);
        }
      }
      const judgement = checkOperations(model, history);
      if (judgement.kind !== "invalid") return;
      const { summary, reason } = explain(model, listOf(history), judgement.culprit, new Budget(unlimited));
      expect(summary).not.toMatch(/undefined|NaN|\[object/);
      seen[reason === undefined ? "none" : "reasons"]++;
    },
    runs,
  );
  if (seen.reasons <= seen.none || seen.reasons < runs / 50)
    throw new Error(`too few violations have a reason to try anything: ${JSON.stringify(seen)}`);
}

const isCertain = ({ outcome }: Operation): boolean =>
  outcome.type === "ok" || (outcome.type === "fail" && outcome.error.code === "mismatch");

function expectTrue<S>(
  model: Model<S>,
  history: readonly Operation[],
  bad: Operation,
  reason: Reason,
  oracle: Oracle,
): void {
  const past = history.filter(({ callIndex }) => callIndex <= bad.returnIndex);
  expect(bruteForce(model, past), `${JSON.stringify(reason)} refutes the history`).toBe(false);
  const others = past.filter((one) => one !== bad && (one.outcome.type === "info" || isCertain(one)));
  const rest = history.filter(
    ({ callIndex, outcome }) => callIndex > bad.returnIndex && outcome.type !== "fail",
  );
  const isTrue =
    "claim" in reason
      ? isTrueOfClaim(reason, bad, others, rest, oracle)
      : isTrueOtherwise(model, reason, bad, others);
  if (!isTrue) throw new Error(`this is not true: ${JSON.stringify(reason)}`);
}

function isTrueOfClaim(
  reason: Extract<Reason, { claim: Claim }>,
  bad: Operation,
  others: readonly Operation[],
  rest: readonly Operation[],
  oracle: Oracle,
): boolean {
  const { claim } = reason;
  const makers = (some: readonly Operation[]) => some.filter((one) => oracle.mayMake(one, claim)).length;
  if (!oracle.needs(bad, claim)) return false;
  switch (reason.kind) {
    case "never": {
      // Whatever it answered: a number in an answer may be one that no tried state has.
      const answeredLater = rest.filter(({ outcome }) => outcome.type === "ok");
      const silent = answeredLater.map((one) => ({ ...one, outcome: unanswered }));
      const isLater = !reason.later || makers([...answeredLater, ...silent]) > 0;
      return !oracle.atFirst(claim) && makers(others) === 0 && isLater;
    }
    case "ended": {
      const { by, saw } = reason;
      const since = others.filter((one) => one !== by && one.returnIndex >= by.callIndex);
      const isOver = saw ? oracle.needs(by, { ...claim, holds: !claim.holds }) : oracle.ends(by, claim);
      return isBefore(by, bad) && isOver && makers(since) === 0;
    }
    case "taken": {
      const { by, most, atFirst } = reason;
      return (
        oracle.ends(bad, claim) &&
        by.every((one) => oracle.needs(one, claim) && oracle.ends(one, claim)) &&
        by.every((one) => isCertain(one) && one.returnIndex <= bad.returnIndex) &&
        atFirst === oracle.atFirst(claim) &&
        most >= makers(others) &&
        by.length + 1 > most + (atFirst ? 1 : 0)
      );
    }
  }
}

function isTrueOtherwise<S>(
  model: Model<S>,
  reason: Exclude<Reason, { claim: Claim }>,
  bad: Operation,
  others: readonly Operation[],
): boolean {
  switch (reason.kind) {
    case "sum":
      return isTrueSum(model, others, bad, reason);
    case "number":
      return isTrueNumber(others, bad, reason);
    case "overtaken": {
      const putOf = (one: Operation) => model.queue?.(one.call, one.outcome);
      const puts = others.filter(
        (one) => putOf(one)?.kind === "enqueue" && same(putOf(one)?.value, reason.value),
      );
      return (
        puts.every((one) => reason.by.returnIndex < one.callIndex) &&
        same(putOf(reason.by)?.value, reason.element) &&
        !same(reason.element, reason.value) &&
        isStillIn(model, others, reason.by)
      );
    }
    case "not-empty":
      return isBefore(reason.by, bad) && isStillIn(model, others, reason.by);
  }
}

const isBefore = (by: Operation, bad: Operation): boolean => isCertain(by) && by.returnIndex < bad.callIndex;

/** What an answered operation put into a queue, and nothing took out or may have. */
function isStillIn<S>(model: Model<S>, others: readonly Operation[], by: Operation): boolean {
  const own = model.queue?.(by.call, by.outcome);
  return (
    by.outcome.type === "ok" &&
    own?.kind === "enqueue" &&
    others.every((one) => {
      const access = model.queue?.(one.call, one.outcome);
      if (access?.kind !== "dequeue") return true;
      return one.outcome.type === "ok" && !same(access.value, own.value);
    })
  );
}

/** Tries every choice of the additions that may have been counted. */
function isTrueSum<S>(
  model: Model<S>,
  others: readonly Operation[],
  bad: Operation,
  { found, least, most }: Extract<Reason, { kind: "sum" }>,
): boolean {
  let sums = [Number(model.init)];
  for (const one of others.filter(({ call }) => typeof call.value === "number")) {
    const added = (sum: number) => sum + Number(one.call.value);
    sums = isBefore(one, bad) ? sums.map(added) : sums.flatMap((sum) => [sum, added(sum)]);
  }
  const isFound = bad.outcome.type === "ok" && bad.outcome.output.value === found;
  return isFound && Math.min(...sums) === least && Math.max(...sums) === most && !sums.includes(found);
}

/** What a versioned register held after an operation: an answer of a read, a write's value, the last of a CAS. */
function valueAt({ call, outcome }: Operation): Json {
  if (call.value === undefined) return (outcome.type === "ok" ? outcome.output.value : undefined) ?? null;
  return Array.isArray(call.value) ? call.value[1] : call.value;
}

function isTrueNumber(
  history: readonly Operation[],
  bad: Operation,
  { relation, at, its, by, given }: Extract<Reason, { kind: "number" }>,
): boolean {
  const numberOf = ({ outcome }: Operation) =>
    outcome.type === "ok" ? (outcome.output.revision ?? outcome.output.value) : undefined;
  if (!history.includes(by) || numberOf(bad) !== at || numberOf(by) !== its) return false;
  switch (relation) {
    case "below":
      return isBefore(by, bad) && at < its;
    case "not-above":
      return isBefore(by, bad) && at === its;
    case "shared":
      return at === its && given;
    case "other-value":
      return at === its && canonical(valueAt(by)) !== canonical(valueAt(bad));
  }
}
