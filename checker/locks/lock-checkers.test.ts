import { describe, expect, it } from "vitest";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { Story } from "../testing/story.ts";
import { lockCheckers } from "./lock-checkers.ts";

async function verdictOn(story: Story): Promise<Verdict> {
  const [checker] = lockCheckers({ promises: "linearizable", session: { renewal: "received" } });
  return (await checker?.check(story.history(), freely)) as Verdict;
}

/** Process `process` opens a session of 2 s, and has lock `k` from then on. */
const acquires = (story: Story, process: number, at: number, token: number) =>
  story
    .asks(at, at + 0.01, "n1", "open", 2000, 2000, { process, key: `s${process}` })
    .asks(at + 0.02, at + 0.03, "n1", "acquire", `h${process}`, { revision: token }, { process });

describe("a lock whose holder's keep-alives may be lost around a fault", () => {
  const struck = () => new Story().leads(0, "n1").fault("partition", 5, 8, { led: "n1" });

  it("may be granted to another once the session's time is over since it was opened", async () => {
    const first = acquires(struck(), 1, 6, 10).renewed(7.5, "s1", 10);
    expect(await verdictOn(acquires(first, 2, 8.5, 11))).toMatchObject({
      kind: "valid",
      summary: expect.stringContaining("but for 1 around a fault"),
    });
  });

  it("may not be granted before that, however many grants hide the one that came too early", async () => {
    // The second has the higher token, and came first.
    const first = acquires(struck(), 1, 6, 10).renewed(7.5, "s1", 10);
    const late = acquires(first, 2, 8.5, 11);
    expect(await verdictOn(acquires(late, 3, 6.5, 12))).toMatchObject({
      kind: "invalid",
      anomalies: expect.arrayContaining([
        expect.objectContaining({ kind: "lock-held-twice", summary: expect.stringContaining("6.530 s") }),
      ]),
    });
  });

  it("may not be granted while another one surely has it, whoever else may have lost it", () => {
    // The first may have lost it, and is still the one that would have had it the longest.
    const first = acquires(struck(), 1, 6, 10).renewed(9.4, "s1", 10);
    const third = acquires(acquires(first, 2, 8.4, 11), 3, 9, 12);
    return expect(verdictOn(third)).resolves.toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lock-held-twice", summary: expect.stringContaining("token 12") }],
    });
  });

  it("is a crashed client's until its time is over, even if that loses its connection then", async () => {
    const crashed = acquires(new Story().leads(0, "n1"), 1, 1, 10)
      .asks(1.5, 1.51, "n1", "crash", null, null, { process: 1 })
      .asks(
        1.6,
        1.61,
        "n1",
        "open",
        2000,
        { type: "fail", error: "not-connected" },
        { process: 1, key: "s" },
      );
    expect(await verdictOn(acquires(crashed, 2, 2, 11))).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lock-held-twice" }],
    });
  });
});
