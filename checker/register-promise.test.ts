import { describe, expect, it } from "vitest";
import type { Consistency } from "../core/consistency.ts";
import type { History } from "../core/history.ts";
import { worst } from "../core/verdict.ts";
import { registerCheckers } from "./register-promise.ts";
import { runCheckers } from "./run-checkers.ts";
import { freely, historyOf } from "./testing/history-of.ts";

const staleRead = historyOf(
  [0, "invoke", "write", 1],
  [0, "ok", "write", 1],
  [0, "invoke", "write", 2],
  [0, "ok", "write", 2],
  [1, "invoke", "read"],
  [1, "ok", "read", 1],
);
const lostUpdate = historyOf(
  [0, "invoke", "write", 1],
  [0, "ok", "write", 1],
  [0, "invoke", "cas", [1, 2]],
  [0, "ok", "cas", [1, 2]],
  [1, "invoke", "cas", [1, 3]],
  [1, "ok", "cas", [1, 3]],
);

const judge = (promises: Consistency, history: History) =>
  runCheckers(registerCheckers(promises, { reads: () => [] }), history, { ...freely, promises });

describe("the checkers of a register", () => {
  it("find a stale read invalid where reads promise to be linearizable", async () => {
    expect(worst((await judge("linearizable", staleRead)).map(({ kind }) => kind))).toBe("invalid");
  });

  it("find one invalid, too, where reads may be stale in known ways and this is none of them", async () => {
    const [verdict] = await judge("linearizable-known-limits", staleRead);
    expect(verdict?.kind).toBe("invalid");
  });

  it("leave reads to others where the mode promises less", async () => {
    for (const promises of ["sequential", "stale-monotonic", "stale"] as const)
      expect((await judge(promises, staleRead)).map(({ kind }) => kind)).toEqual(["valid"]);
  });

  it("say what did not have to be linearizable, and why", async () => {
    const [verdict] = await judge("stale", staleRead);
    expect(verdict?.summary).toBe(
      "2 operations on 1 key are linearizable (write only); 1 operation (read) did not have to be: this read mode promises stale reads, which may be old",
    );
  });

  it("hold updates to linearizability whatever reads promise", async () => {
    for (const promises of ["linearizable", "linearizable-known-limits", "sequential", "stale"] as const)
      expect((await judge(promises, lostUpdate)).map(({ kind }) => kind)).toEqual(["invalid"]);
  });
});
