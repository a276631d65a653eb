import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { showValue } from "../../core/wording.ts";
import { canonical, same } from "../canonical.ts";
import { placed, plainCall } from "../linearizability/explain/describe-call.ts";
import { queueReasons } from "../linearizability/explain/queues.ts";
import { illegal, type Model, type QueueAccess } from "../model.ts";
import { answerOf, badValue, unknownCall } from "./calls.ts";
import { anArray, initialOf } from "./initial.ts";

type Elements = readonly Json[];

const calls = ["enqueue", "dequeue"];

/**
 * A queue, empty at first (or `initial`, the head first): `enqueue` puts the call's value at the end, `dequeue` takes
 * the head and answers it, or null where there is none. Null cannot be queued.
 */
export function fifoQueue(options: { initial?: Json } = {}): Model<Elements, Call, Result> {
  const init = initialOf("fifo-queue", options.initial, [], anArray);
  return {
    name: "fifo-queue",
    calls,
    init,
    step,
    key: (call) => call.key ?? "",
    readOnly: ({ f }, outcome) => f === "dequeue" && answerOf(outcome) === null,
    queue: access,
    fingerprint: canonical,
    describeCall,
    describeState: canonical,
    reasons: [queueReasons(init, access, (value) => `enqueued ${showValue(value)}`)],
  };
}

function access({ f, value }: Call, outcome: Outcome): QueueAccess {
  if (f === "enqueue") return { kind: "enqueue", value: value ?? null };
  return { kind: "dequeue", value: answerOf(outcome) ?? null };
}

function step(state: Elements, call: Call, outcome: Outcome): Elements | typeof illegal {
  if (outcome.type === "fail") return illegal;
  switch (call.f) {
    case "enqueue":
      if (call.value === undefined || call.value === null)
        throw badValue("enqueue takes a value", call.value);
      return [...state, call.value];
    case "dequeue":
      return outcome.type === "info" || same(answerOf(outcome), state[0]) ? state.slice(1) : illegal;
    default:
      throw unknownCall("fifo-queue", calls, call);
  }
}

function describeCall(call: Call, outcome: Outcome): string {
  const isKnown = outcome.type === "ok";
  if (call.f === "enqueue")
    return `${isKnown ? "enqueued" : "tried to enqueue"} ${showValue(call.value)}${placed(call, "in")}`;
  if (call.f !== "dequeue") return plainCall(call, outcome);
  if (!isKnown) return `tried to dequeue${placed(call, "from")}`;
  const value = answerOf(outcome) ?? null;
  return value === null
    ? `found nothing to dequeue${placed(call, "in")}`
    : `dequeued ${showValue(value)}${placed(call, "from")}`;
}
