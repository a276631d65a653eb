import { expect, it } from "vitest";
import { runCheckers } from "./run-checkers.ts";
import { freely } from "./testing/history-of.ts";

it("a checker that throws has judged nothing: unknown, with the reason, and the others go on", async () => {
  const verdicts = await runCheckers(
    [
      {
        name: "broken",
        check() {
          throw new Error("out of ideas");
        },
      },
      {
        name: "fine",
        check: () => ({ checker: "fine", kind: "valid", summary: "all is well", anomalies: [] }),
      },
    ],
    [],
    freely,
  );
  expect(verdicts.map(({ checker, kind }) => [checker, kind])).toEqual([
    ["broken", "unknown"],
    ["fine", "valid"],
  ]);
  expect(verdicts[0]?.summary).toContain("out of ideas");
});
