import fc from "fast-check";
import type { Json, Operation, Outcome } from "../../core/op.ts";
import { createRandom, type Random } from "../../core/random.ts";
import { checkOperations } from "../linearizability/check-operations.ts";
import { verifyOrder } from "../linearizability/verify-order.ts";
import type { Model } from "../model.ts";
import { bruteForce } from "./brute-force.ts";
import { type RandomHistoryOptions, randomHistory } from "./random-history.ts";

/** Histories a property is tried on: 5,000, or as many as the nightly run asks for. */
export const propertyRuns = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 5000);

/** A model with the calls and answers that a random history of it is made of. */
export interface Scenario<S> extends Pick<RandomHistoryOptions<S>, "call" | "answer"> {
  readonly model: Model<S>;
  /** Another answer to a call, right or wrong. */
  otherAnswer(random: Random, operation: Operation): Outcome;
}

/** A small random history: legal by construction, or such a one with a few things changed. */
export function smallHistory<S>(scenario: Scenario<S>, random: Random): Operation[] {
  const legal = randomHistory(
    {
      ...scenario,
      operations: random.integer(1, 7),
      processes: random.integer(1, 4),
      crashes: random.pick([0, 0, 0.1, 0.3]),
    },
    random,
  );
  return random.chance(0.4) ? legal : mutated(scenario, legal, random);
}

function mutated<S>(scenario: Scenario<S>, legal: readonly Operation[], random: Random): Operation[] {
  const changed = [...legal];
  for (let changes = random.integer(1, 2); changes > 0; changes--) {
    const at = random.integer(0, changed.length - 1);
    const old = changed[at] as Operation;
    switch (random.integer(0, 3)) {
      case 0:
      case 1:
        if (old.outcome.type !== "info") changed[at] = { ...old, outcome: scenario.otherAnswer(random, old) };
        break;
      case 2:
        changed[at] = { ...old, callIndex: old.callIndex + random.integer(-3, 0) };
        break;
      default:
        changed[at] = {
          ...old,
          returnIndex: Math.max(old.callIndex, old.returnIndex + random.integer(-3, 3)),
        };
    }
  }
  const clocked = random.chance(0.3) ? changed.map(coarse) : changed;
  return clocked.sort((a, b) => a.callIndex - b.callIndex);
}

/** The same operation on a clock that ticks half as often: events that followed one another fall together. */
const coarse = (operation: Operation): Operation => ({
  ...operation,
  callIndex: Math.floor(operation.callIndex / 2),
  returnIndex: Math.floor(operation.returnIndex / 2),
});

/** Tries `property` on small random histories; fails with the history that it does not hold for. */
export function forSmallHistories<S>(
  scenario: Scenario<S>,
  property: (history: Operation[]) => void,
  runs = propertyRuns,
): void {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const history = smallHistory(scenario, createRandom(seed));
      try {
        property(history);
      } catch (reason) {
        throw new Error(`${reason}\n${history.map(show).join("\n")}`, { cause: reason });
      }
    }),
    { numRuns: runs },
  );
}

/**
 * The checker and the definition agree on small random histories; some are legal and some are not. What is valid has a
 * witness that proves it.
 */
export function expectAgreement<S>(scenario: Scenario<S>): void {
  const seen = { valid: 0, invalid: 0 };
  forSmallHistories(scenario, (history) => {
    const expected = bruteForce(scenario.model, history) ? "valid" : "invalid";
    const { kind } = checkOperations(scenario.model, history);
    if (kind !== expected) throw new Error(`the checker says ${kind}, the definition ${expected}`);
    expectWitness(scenario.model, history, expected);
    seen[expected]++;
  });
  if (Math.min(seen.valid, seen.invalid) < (seen.valid + seen.invalid) / 10)
    throw new Error(`the histories are too alike to try anything: ${JSON.stringify(seen)}`);
}

/** Asked for a witness, the checker comes to the same verdict, and the witness is a proof. */
export function expectWitness<S>(
  model: Model<S>,
  history: readonly Operation[],
  expected: "valid" | "invalid",
): void {
  const judgement = checkOperations(model, history, { witness: true });
  if (judgement.kind !== expected) throw new Error(`asked for a witness the checker says ${judgement.kind}`);
  if (judgement.kind !== "valid") return;
  if (judgement.witness === undefined) throw new Error("there is no witness");
  if (!verifyOrder(model, history, judgement.witness))
    throw new Error(`the witness proves nothing: ${judgement.witness}`);
}

const show = ({ process, call, outcome, callIndex, returnIndex }: Operation): string =>
  `${process} [${callIndex}, ${returnIndex}] ${call.f} ${call.key ?? ""} ${JSON.stringify(call.value)} -> ${JSON.stringify(
    outcome.type === "ok" ? outcome.output : outcome.type,
  )}`;

/** A value of a domain so small that values repeat. */
export const smallValue = (random: Random): Json => random.integer(0, 2);
