import { describe, expect, it } from "vitest";
import { TestTrial } from "./testing.ts";

describe("a trial of a right system", () => {
  it("is valid, in virtual time, with every nemesis struck and proven", async () => {
    const trial = new TestTrial({ nemeses: ["partition", "kill", "pause"] });
    const run = await trial.run();
    expect(run.verdict).toBe("valid");
  });
});
