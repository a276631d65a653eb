import { describe, expect, it } from "vitest";
import type { Session } from "../../adapters/client/session.ts";
import { type ErrorCode, errorCodes } from "../../core/errors.ts";
import type { Outcome } from "../../core/op.ts";
import { createRandom } from "../../core/random.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import type { At } from "../workload.ts";
import { Contender } from "./contender.ts";

const failed = (code: ErrorCode): Outcome => ({
  type: "fail",
  error: { code, definite: errorCodes[code].definite, message: code },
});

/** A contender that has a lock, and whether its session is still kept alive. */
async function holder() {
  const contest = {
    locks: ["lock1"],
    name: () => "h1",
    kind: "stream",
    ttlMs: 2000,
    holdMs: 1,
    waitMs: 1000,
  };
  const contender = new Contender({ ...contest, crashPercent: 0 }, createRandom(1));
  const kept = { alive: true };
  const session = { ttlMs: 2000, onRenewal: () => {}, abandon: () => Object.assign(kept, { alive: false }) };
  const client = { session: { open: async () => session as unknown as Session } } as never;
  const at: At = { clock: new VirtualClock(), ask: {}, notice: () => {} };
  await contender.perform(client, { f: "open", key: "s1", value: 2000 }, at);
  contender.observe({ f: "acquire", key: "lock1" }, { type: "ok", output: {} });
  return { contender, kept };
}

/** Its next call, after whatever it waits for. */
const nextOf = (contender: Contender) => {
  for (;;) {
    const step = contender.next();
    if ("f" in step) return step.f;
  }
};

describe("a contender whose release", () => {
  it("succeeded goes on with its session", async () => {
    const { contender, kept } = await holder();
    contender.observe({ f: "release", key: "lock1" }, { type: "ok", output: {} });
    expect([nextOf(contender), kept.alive]).toEqual(["acquire", true]);
  });

  it.each<ErrorCode>(["no-leader", "rejected"])(
    "was refused with %s lets its session end, which has the lock still",
    async (code) => {
      const { contender, kept } = await holder();
      contender.observe({ f: "release", key: "lock1" }, failed(code));
      expect([nextOf(contender), kept.alive]).toEqual(["open", false]);
    },
  );

  it("found that it had the lock no longer goes on with its session", async () => {
    const { contender, kept } = await holder();
    contender.observe({ f: "release", key: "lock1" }, failed("not-found"));
    expect([nextOf(contender), kept.alive]).toEqual(["acquire", true]);
  });
});
