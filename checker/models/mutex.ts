import type { Call, Json, Outcome, Result } from "../../core/op.ts";
import { canonical, same } from "../canonical.ts";
import { illegal, type Model } from "../model.ts";
import { unknownCall } from "./calls.ts";
import { asker, describeLockCall, lockReasons } from "./lock-words.ts";

const calls = ["acquire", "release"];

/**
 * A lock that nobody holds at first (or `initial` does). The call's value names who asks; without one everybody is the
 * same, and only that calls take turns is checked.
 *
 * - `acquire` takes the lock where nobody holds it; with `mismatch` it observed that somebody did;
 * - `release` gives it back where the one who asks holds it; with `mismatch` it observed that they did not.
 */
export function mutex(options: { initial?: Json } = {}): Model<Json, Call, Result> {
  const init = options.initial ?? null;
  return {
    name: "mutex",
    calls,
    init,
    step,
    key: (call) => call.key ?? "",
    readOnly: (_, outcome) => outcome.type === "fail",
    fingerprint: canonical,
    describeCall: describeLockCall,
    describeState: (holder) => (holder === null ? "free" : `held by ${canonical(holder)}`),
    reasons: [lockReasons(init)],
  };
}

function step(holder: Json, call: Call, outcome: Outcome): Json | typeof illegal {
  const asks = asker(call);
  switch (call.f) {
    case "acquire":
      return turn(holder === null, holder, asks, outcome);
    case "release":
      return turn(same(holder, asks), holder, null, outcome);
    default:
      throw unknownCall("mutex", calls, call);
  }
}

/** From one holder to another where that `can` be: done, refused because it cannot, or unknown. */
function turn(can: boolean, from: Json, to: Json, outcome: Outcome): Json | typeof illegal {
  switch (outcome.type) {
    case "ok":
      return can ? to : illegal;
    case "fail":
      return can ? illegal : from;
    case "info":
      return can ? to : from;
  }
}
