import { describe, expect, it } from "vitest";
import type { KnownLimit } from "../../core/consistency.ts";
import type { History } from "../../core/history.ts";
import type { Verdict } from "../../core/verdict.ts";
import { freely } from "../testing/history-of.ts";
import { Story } from "../testing/story.ts";
import { type LeaseCheckersOptions, leaseCheckers } from "./lease-checkers.ts";

async function verdictOn(history: History, options: Partial<LeaseCheckersOptions> = {}): Promise<Verdict> {
  const checkers = leaseCheckers({ promises: "linearizable", session: { renewal: "received" }, ...options });
  return (await checkers.find(({ name }) => name === "leases")?.check(history, freely)) as Verdict;
}

const holder = { process: 101 };
/** A lease of 2 s that is granted at 6 s, in the middle of a fault; `k` is its record. */
const granted = () =>
  new Story()
    .leads(0, "n1")
    .fault("partition", 5, 8, { led: "n1" })
    .asks(6, 6.01, "n1", "grant", 2000, 2000, holder)
    .asks(6.05, 6.06, "n1", "attach", null, { revision: 100 }, holder);

const sees = (story: Story, at: number, value: string | null, revision: number) =>
  story.asks(at, at + 0.01, "n2", "read", null, { value, revision });

describe("a lease whose keep-alives may be lost around a fault", () => {
  it("may end early once its time is over since the grant, and the verdict says so", async () => {
    const renewed = granted().asks(7, 7.01, "n1", "renew", null, null, holder);
    const story = sees(renewed.renewed(7.01, "k", 10), 8.5, null, 120);
    expect(await verdictOn(story.history())).toMatchObject({
      kind: "valid",
      summary: expect.stringContaining("but for 1 around a fault"),
      figures: { "ended early around a fault": 1 },
    });
    expect(await verdictOn(story.history(), { session: { renewal: "counted" } })).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lease-ended-early" }],
    });
  });

  it("may not end before that: the grant alone gives it its whole time", async () => {
    expect(await verdictOn(sees(granted(), 6.2, null, 101).history())).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lease-ended-early" }],
    });
  });

  it("may not come back once it has ended early", async () => {
    const renewed = granted().asks(7, 7.01, "n1", "renew", null, null, holder).renewed(7.01, "k", 10);
    const story = sees(sees(renewed, 8.5, null, 120), 8.7, "held", 121);
    expect(await verdictOn(story.history())).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lease-came-back" }],
    });
  });
});

describe("a lease that was left to lapse", () => {
  const left = () =>
    new Story()
      .asks(1, 1.01, "n1", "grant", 2000, 2000, holder)
      .asks(1.05, 1.06, "n1", "attach", null, { revision: 10 }, holder)
      .asks(2, 2.01, "n1", "lapse", null, null, holder)
      .renewed(2.01, "k", 10)
      .asks(2.1, 2.11, "n1", "read", null, { type: "fail", error: "not-connected" }, holder);

  it("is not ended by its client's lost connection", async () => {
    expect(await verdictOn(sees(left(), 2.5, null, 12).history())).toMatchObject({
      kind: "invalid",
      anomalies: [{ kind: "lease-ended-early" }],
    });
    expect((await verdictOn(sees(left(), 4.2, null, 12).history())).kind).toBe("valid");
  });
});

describe("a stale read of a new leader that has applied nothing yet", () => {
  const newLeader: KnownLimit = {
    name: "new leader",
    condition: "new-leader",
    boundMs: 2000,
    forwarded: true,
    sentence: "",
  };

  it("is excused although a keep-alive was answered meanwhile", async () => {
    const story = new Story()
      .leads(0, "n2")
      .asks(1, 1.01, "n2", "grant", 60_000, 60_000, holder)
      .asks(2, 2.01, "n2", "attach", null, { revision: 10 }, holder)
      .asks(3, 3.01, "n2", "grant", 60_000, 60_000, { process: 102, key: "other" })
      .asks(9.9, 10, "n2", "revoke", null, null, holder)
      .fault("kill-leader", 10.2, 14, { led: "n2" })
      .leads(10.5, null)
      .leads(11.2, "n1", 10.9)
      .asks(10.99, 11, "n3", "renew", null, null, { process: 102, key: "other" });
    const stale = sees(story, 11.05, "held", 10).history();
    const limited = { promises: "linearizable-known-limits", limits: [newLeader] } as const;
    expect((await verdictOn(stale, limited)).kind).toBe("valid");
    expect((await verdictOn(stale)).kind).toBe("invalid");
  });
});
