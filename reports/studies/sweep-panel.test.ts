import { describe, expect, it } from "vitest";
import { renderComparison } from "../comparison/page.ts";
import { type Facts, threeSystems } from "../comparison/testing/digests.ts";
import type { Sweep } from "../data/sweep.ts";
import { sweepStep } from "../testing/studies.ts";

type Swept = Omit<Facts, "studies"> & { readonly sweep?: Sweep };

const panel = (...facts: [Swept, Swept, Swept]): string => {
  const [etcd, zookeeper, consul] = facts.map(
    ({ sweep, ...more }): Facts => ({ ...more, ...(sweep && { studies: { sweep } }) }),
  ) as [Facts, Facts, Facts];
  const page = renderComparison(threeSystems([etcd, zookeeper, consul]));
  return page.split('<section aria-labelledby="sweep">')[1]?.split("</section>")[0] ?? "";
};
const table = (markup: string, caption: string): string =>
  markup.split("<table").find((part) => part.includes(`<caption>${caption}`)) ?? "";

const knee = sweepStep(200);
const bent: Sweep = {
  steps: [sweepStep(100), knee, sweepStep(400, { beyond: "slow", p99: 61_000 })],
  knee,
};
const never: Sweep = {
  steps: [100, 200, 400].map((rate) => sweepStep(rate, { beyond: "errors", errors: 0.25 })),
};

describe("the sweeps of a comparison", () => {
  it("name the knee of each system, and what is beyond it", () => {
    const rows = table(panel({ sweep: bent }, { sweep: never }, {}), "The knee")
      .split("<tr")
      .slice(2);
    expect(rows).toHaveLength(2);
    const [etcd = "", zookeeper = ""] = rows;
    expect(etcd).toContain("200/s");
    expect(etcd).toContain("at 400/s, the p99 was 61.0\u202fms");
    expect(zookeeper).toContain("none");
    expect(zookeeper).toContain("at 100/s, 25% of the answers were errors");
  });

  it("mark a knee, and what comes next, whose p99 may be the load generator's", () => {
    const own = sweepStep(200, { isClientLimited: true });
    const steps = [
      sweepStep(100),
      own,
      sweepStep(400, { beyond: "slow", p99: 61_000, isClientLimited: true }),
    ];
    const [etcd = "", zookeeper = ""] = table(
      panel({ sweep: { steps, knee: own } }, { sweep: bent }, {}),
      "The knee",
    )
      .split("<tr")
      .slice(2);
    expect(etcd).toContain('200/s <span class="caveat">client-limited</span>');
    expect(etcd).toContain("the p99 was 61.0\u202fms; client-limited");
    expect(zookeeper).not.toContain("client-limited");
  });

  it("mark no system as overloaded, which a sweep does on purpose, but one of a client-limited run", () => {
    const { client } = threeSystems()[0]?.run ?? {};
    const limited = { ...client, limited: "it was busy" } as NonNullable<typeof client>;
    const overloaded = { sweep: bent, run: { overloaded: true } };
    const rows = table(panel(overloaded, overloaded, { sweep: bent, run: { client: limited } }), "The knee");
    expect(rows).not.toContain("overloaded");
    expect(rows).toContain("client-limited");
  });

  it("come first on the page", () => {
    const sweep = { studies: { sweep: bent } };
    const page = renderComparison(threeSystems([sweep, sweep, sweep]));
    expect(page.indexOf('aria-labelledby="sweep"')).toBeLessThan(
      page.indexOf('aria-labelledby="side-by-side"'),
    );
  });

  it("say so if even the highest rate was borne", () => {
    const all: Sweep = { steps: [sweepStep(100), knee], knee };
    expect(table(panel({ sweep: all }, {}, {}), "The knee")).toContain(
      "the highest rate that was tried was borne",
    );
  });

  it("draw a curve of each system, and have a row for every rate", () => {
    const markup = panel({ sweep: bent }, { sweep: never }, {});
    expect(markup.match(/<circle/g)).toHaveLength(6);
    expect(markup).toContain("knee at 200/s with a p99 of 4.00\u202fms; zookeeper 3.9.3: no rate was borne");
    expect(table(markup, "Every rate").split("<tr").slice(2)).toHaveLength(6);
  });

  it("are marked if the client, and not the system, set the limit, but not for the overload that they are meant to reach", () => {
    const client = {
      sendLagMsP99: 9,
      eventLoopUtilization: 0.9,
      gcMs: 1,
      limited: "its event loop was busy",
    };
    const caption = (markup: string) => markup.split("</figcaption>")[0] ?? "";
    expect(caption(panel({ sweep: bent, run: { client } }, {}, {}))).toContain("client-limited");
    expect(caption(panel({ sweep: bent, run: { overloaded: true } }, {}, {}))).not.toContain("overloaded");
  });

  it("are not there if no run was one", () => {
    expect(panel({}, {}, {})).toBe("");
  });
});
