import { describe, expect, it } from "vitest";
import { broken, sentences, watchTrial } from "./testing/watch-trial.ts";

describe("the watch workload in the in-memory system, at length", () => {
  it.each(Array.from({ length: 20 }, (_, i) => i + 5))("is valid under faults, seed %i", async (seed) => {
    const run = await watchTrial({ seed }).run();
    expect(sentences(run)).toBe("");
    expect(run.verdict).toBe("valid");
  });

  it.each([2, 3, 4])("finds events that were dropped, seed %i", async (seed) => {
    const run = await watchTrial({ seed, bugs: ["dropped-events"] }).run();
    expect(broken(run)).toContain("watch-reliable");
  });
});
