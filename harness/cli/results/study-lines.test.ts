import { describe, expect, it } from "vitest";
import { recovered as recovery, sweepStep } from "../../../reports/testing/studies.ts";
import { studyLines } from "./study-lines.ts";

const plain = (lines: readonly string[]) => lines.join("\n").replaceAll("\u202f", " ").replaceAll(/ +/g, " ");

describe("the studies of a run in the terminal", () => {
  it.each([
    [4.2, "recovery under load: by itself after 4.2 s"],
    ["never", "recovery under load: never (watched 29 s)"],
    ["overloaded", "recovery under load: overloaded before the fault"],
  ] as const)("say whether it recovered under load: %s", (recovered, words) => {
    const [first, second] = plain(studyLines({ recovery: { ...recovery, recovered } })).split("\n");
    expect(first).toBe(words);
    expect(second).toBe(
      " 630/s requested, 90% of the knee; 3 retries; p99 before 4.10 ms; 1.25 operations a request",
    );
  });

  it("have a row for each rate of a sweep, with the knee and why the next is beyond it", () => {
    const knee = sweepStep(200);
    const steps = [sweepStep(100), knee, sweepStep(400, { beyond: "slow", p99: 61_000 })];
    const lines = plain(studyLines({ sweep: { steps, knee } }));
    expect(lines).toMatch(/200\/s 200\/s 100% 0% 1.50 ms 4.00 ms knee/);
    expect(lines).toMatch(/400\/s .* the p99 was 61.0 ms/);
  });
});
