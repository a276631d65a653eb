import { describe, expect, it } from "vitest";
import { renderComparison } from "../comparison/page.ts";
import { digest } from "../comparison/testing/digests.ts";
import { reportOf } from "../report.ts";
import { blanks, textOf } from "../testing/page.ts";
import { validFixture } from "../testing/runs.ts";
import { recovered as recovery } from "../testing/studies.ts";
import type { Recovery } from "./recovery.ts";

const { run, history, usage } = validFixture({ seconds: 3 });
const reported = (one: Partial<Recovery>) =>
  reportOf(run, history, usage, {}, { studies: { recovery: { ...recovery, ...one } } }).page;

describe("the report of a run that was struck under load", () => {
  it.each([
    [4.2, "The cluster recovered by itself 4.2 s after the end of the fault", "4.2 s"],
    [0, "The cluster was back as soon as the fault", "0.0 s"],
    ["never", "The cluster did not recover while it was watched, for 29 s", "never (watched 29 s)"],
    ["overloaded", "The load was too much even before the fault", "overloaded before the fault"],
  ] as const)("says what came of it: %s", (recovered, sentence, words) => {
    const page = reported({ recovered });
    const text = textOf(page);
    expect(text).toContain(sentence);
    expect(text).toContain(`90% of the knee, 700/s 630/s 3 ${words} 4.10 ms 1.25`);
    expect(page).toContain('<a href="#recovery">Recovery under load</a>');
    expect(blanks(page)).toEqual([]);
  });

  it("has no such part if nothing of that was measured", () => {
    expect(reportOf(run, history, usage).page).not.toContain('id="recovery"');
  });
});

it("a comparison has a row for each run that was struck under load, and no sentence about one of them", () => {
  const runs = [recovery, { ...recovery, recovered: "never" as const, retries: 0 }].map((one, seed) =>
    digest({ seed, studies: { recovery: one } }),
  );
  const section = renderComparison([...runs, digest({ system: "consul" })])
    .split('<section aria-labelledby="recovery">')[1]
    ?.split("</section>")[0];
  expect(section?.split("<tr").slice(2)).toHaveLength(2);
  expect(section).toContain("never (watched 29 s)");
  expect(section).not.toContain("The cluster");
});
