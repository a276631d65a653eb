import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { broken, sentences, watchTrial } from "./testing/watch-trial.ts";

describe("the watch workload in the in-memory system, at length", () => {
  it.each(Array.from({ length: 20 }, (_, i) => i + 3))("is valid under faults, seed %i", async (seed) => {
    const run = await watchTrial({ seed }).run();
    expect(sentences(run)).toBe("");
    expect(run.verdict).toBe("valid");
  });

  it.each<readonly [MemoryBug, string]>([
    ["duplicated-events", "watch-unique"],
    ["split-revisions", "watch-atomic"],
    ["early-progress", "watch-bookmarkable"],
    ["events-before-start", "watch-resumable"],
    ["lost-compacted-deletes", "watch-reliable"],
    ["late-watches", "watch-delivery"],
  ])("finds %s by %s", async (bug, checker) => {
    expect(broken(await watchTrial({ bugs: [bug] }).run())).toContain(checker);
  });

  it.each([2, 3, 4])("finds events that were dropped, seed %i", async (seed) => {
    const run = await watchTrial({ seed, bugs: ["dropped-events"] }).run();
    expect(broken(run)).toContain("watch-reliable");
  });
});
