import { describe, expect, it } from "vitest";
import type { MemoryBug } from "../adapters/memory/bugs.ts";
import type { Run } from "../core/run.ts";
import { TestTrial } from "../harness/testing/trial.ts";
import { watch } from "./watch.ts";

interface Options {
  readonly seed?: number;
  readonly bugs?: readonly MemoryBug[];
  readonly nemeses?: readonly string[];
  readonly workloadOptions?: Readonly<Record<string, number>>;
}

function trial({
  seed = 1,
  bugs = [],
  nemeses = ["partition-follower", "kill-leader"],
  workloadOptions = {},
}: Options) {
  return new TestTrial({
    nemeses,
    spec: {
      seed,
      load: { kind: "open", rate: 100, processes: 30, seconds: 10 },
      workloadOptions,
      faultSeconds: { min: 1, max: 2 },
      gapSeconds: { min: 1, max: 2 },
    },
    memory: { bugs },
    deps: { workload: watch },
  });
}

const broken = ({ verdicts }: Run) =>
  verdicts.filter(({ kind }) => kind === "invalid").map(({ checker }) => checker);
const sentences = ({ verdicts }: Run) =>
  verdicts.flatMap(({ anomalies }) => anomalies.map(({ summary }) => summary)).join("\n");

describe("the watch workload in the in-memory system", () => {
  it.each(Array.from({ length: 20 }, (_, i) => i + 1))("is valid under faults, seed %i", async (seed) => {
    const run = await trial({ seed }).run();
    expect(sentences(run)).toBe("");
    expect(run.verdict).toBe("valid");
  });

  it.each<readonly [MemoryBug, string]>([
    ["dropped-events", "watch-reliable"],
    ["duplicated-events", "watch-unique"],
    ["split-revisions", "watch-atomic"],
    ["early-progress", "watch-bookmarkable"],
    ["events-before-start", "watch-resumable"],
    ["wrong-previous", "watch-contents"],
    ["lost-compacted-deletes", "watch-reliable"],
    ["silent-compacted-watches", "watch-compaction"],
    ["current-compacted-reads", "history-reads"],
    ["late-watches", "watch-delivery"],
    ["silent-watches", "watch-delivery"],
  ])("finds %s by %s", async (bug, checker) => {
    const run = await trial({ bugs: [bug] }).run();
    expect(broken(run)).toContain(checker);
  });
});
