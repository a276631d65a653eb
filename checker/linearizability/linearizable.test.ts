import { describe, expect, it } from "vitest";
import { register } from "../models/register.ts";
import { freely, historyOf } from "../testing/history-of.ts";
import { linearizable } from "./linearizable.ts";

const checker = linearizable({ model: register() });

const staleRead = historyOf(
  [0, "invoke", "write", 41],
  [0, "ok", "write", 41],
  [1, "invoke", "read"],
  [1, "ok", "read", 41],
  [0, "invoke", "write", 57],
  [0, "ok", "write", 57],
  [1, "invoke", "read"],
  [1, "ok", "read", 57],
  [2, "invoke", "read"],
  [2, "ok", "read", 41],
);

describe("the linearizable checker", () => {
  it("passes a history in which every read sees the last write", async () => {
    const verdict = await checker.check(staleRead.slice(0, 8), freely);
    expect(verdict.kind).toBe("valid");
    expect(verdict.summary).toBe("4 operations on 1 key are linearizable");
  });

  it("explains a stale read by the write that it missed and nothing else", async () => {
    const verdict = await checker.check(staleRead, freely);
    expect(verdict.kind).toBe("invalid");
    const [anomaly] = verdict.anomalies;
    expect(anomaly?.key).toBe("k1");
    const shown = anomaly?.evidence?.operations.map(({ call, outcome }) => [
      call.f,
      call.value ?? (outcome.type === "ok" && outcome.output.value),
    ]);
    expect(shown).toEqual([
      ["write", 41],
      ["write", 57],
      ["read", 41],
    ]);
    expect(anomaly?.evidence).toMatchObject({ culprit: 2, states: [{ state: "57", order: [0, 1] }] });
  });

  it("judges each key separately", async () => {
    const twoKeys = staleRead.map((event) =>
      event.process === 0 && event.index > 3 ? { ...event, key: "k2" } : event,
    );
    const verdict = await checker.check(twoKeys, freely);
    expect(verdict.kind).toBe("invalid");
    expect(verdict.anomalies.map(({ key }) => key)).toEqual(["k1"]);
  });

  it("lets an unknown write take effect late, once, or never", async () => {
    const late = historyOf(
      [0, "invoke", "write", 1],
      [0, "info", "write", 1, { error: "timeout" }],
      [1, "invoke", "write", 2],
      [1, "ok", "write", 2],
      [1, "invoke", "read"],
      [1, "ok", "read", 1],
    );
    expect((await checker.check(late, freely)).kind).toBe("valid");
    const twice = [
      ...late,
      ...historyOf(
        [1, "invoke", "write", 2],
        [1, "ok", "write", 2],
        [1, "invoke", "read"],
        [1, "ok", "read", 1],
      ).map((event) => ({ ...event, index: event.index + 6 })),
    ];
    expect((await checker.check(twice, freely)).kind).toBe("invalid");
  });

  it("lets an unknown write of the value that is there already hide another write", async () => {
    const history = historyOf(
      [1, "invoke", "write", 1],
      [1, "ok", "write", 1],
      [0, "invoke", "write", 1],
      [0, "info", "write", 1, { error: "timeout" }],
      [2, "invoke", "cas", [1, 3]],
      [3, "invoke", "write", 2],
      [4, "invoke", "read"],
      [2, "ok", "cas", [1, 3]],
      [3, "ok", "write", 2],
      [4, "ok", "read", 3],
      [4, "invoke", "read"],
      [4, "ok", "read", 3],
    );
    expect((await checker.check(history, freely)).kind).toBe("valid");
  });

  it("drops what failed, but holds the system to a refused comparison", async () => {
    const failed = (error: string) =>
      historyOf(
        [0, "invoke", "write", 1],
        [0, "ok", "write", 1],
        [1, "invoke", "cas", [1, 2]],
        [1, "fail", "cas", [1, 2], { error }],
      );
    expect((await checker.check(failed("conflict"), freely)).kind).toBe("valid");
    expect((await checker.check(failed("mismatch"), freely)).kind).toBe("invalid");
  });

  it("answers unknown with the key and the states when the time is up", async () => {
    let now = 0;
    const twoWrites = (i: number) =>
      historyOf(
        [0, "invoke", "write", i % 3],
        [1, "invoke", "write", i % 2],
        [0, "ok", "write", i % 3],
        [1, "ok", "write", i % 2],
        [0, "invoke", "read"],
        [0, "ok", "read", i % 2],
      );
    const history = Array.from({ length: 3000 }, (_, i) => twoWrites(i))
      .flat()
      .map((event, index) => ({ ...event, index }));
    const verdict = await checker.check(history, { ...freely, timeLimitSeconds: 100, now: () => now++ });
    expect(verdict.kind).toBe("unknown");
    expect(verdict.anomalies[0]).toMatchObject({ kind: "time-limit", key: "k1" });
    expect(verdict.summary).toContain("undecided");
  });
});
