import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import { broken, sentences, watchTrial } from "./testing/watch-trial.ts";

describe("the watch workload in the in-memory system", () => {
  it.each(Array.from({ length: 2 }, (_, i) => i + 1))("is valid under faults, seed %i", async (seed) => {
    const run = await watchTrial({ seed }).run();
    expect(sentences(run)).toBe("");
    expect(run.verdict).toBe("valid");
  });

  it.each<readonly [MemoryBug, string]>([
    ["dropped-events", "watch-reliable"],
    ["wrong-previous", "watch-contents"],
    ["silent-compacted-watches", "watch-compaction"],
    ["current-compacted-reads", "history-reads"],
    ["silent-watches", "watch-delivery"],
  ])("finds %s by %s", async (bug, checker) => {
    const run = await watchTrial({ bugs: [bug] }).run();
    expect(broken(run)).toContain(checker);
  });
});
