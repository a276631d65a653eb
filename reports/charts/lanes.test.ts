import { describe, expect, it } from "vitest";
import { contextOf } from "../context.ts";
import { validFixture } from "../testing/runs.ts";
import { checkerLanesChart, lanesChart } from "./lanes.ts";
import type { LaneBand, Timeline } from "./timeline.ts";

const fixture = validFixture({ seconds: 6 });
const { timeline: bare } = contextOf(fixture.run, fixture.history, fixture.usage, {});
const hold = (from: number, to: number, more: Partial<LaneBand> = {}): LaneBand => ({
  checker: "locks",
  label: "holds",
  node: "n1",
  from,
  to,
  text: `p1 holds a from ${from}`,
  short: "",
  colour: "plain",
  ...more,
});
const view = { from: 0, to: 6, width: 1000 };
const withLanes = (...lanes: LaneBand[]): Timeline => ({ ...bare, lanes });
const yOf = (markup: string, colour: string) =>
  [...markup.matchAll(new RegExp(`class="lane-${colour}" x="[\\d.]+" y="([\\d.]+)"`, "g"))].map(([, y]) =>
    Number(y),
  );

describe("lanes", () => {
  it("stand in the row of their node, whatever checker gave them, each in its colour", () => {
    const { markup } = lanesChart(
      withLanes(hold(1, 2), hold(3, 4, { checker: "watch", colour: "wrong" })),
      view,
    );
    expect(yOf(markup, "plain")).toEqual(yOf(markup, "wrong"));
    expect(markup).toContain("n1: p1 holds a from 1, from 1.00 s to 2.00 s");
  });

  it("are drawn one above the other where they overlap, and in one line where they do not", () => {
    const apart = lanesChart(withLanes(hold(1, 2), hold(2, 3)), view).markup;
    expect(new Set(yOf(apart, "plain")).size).toBe(1);
    const overlapping = lanesChart(withLanes(hold(1, 2), hold(1.5, 3)), view).markup;
    expect(new Set(yOf(overlapping, "plain")).size).toBe(2);
  });

  it("stay within the chart, however many overlap", () => {
    const many = Array.from({ length: 30 }, (_, i) => hold(1 + i / 100, 3));
    const { markup } = checkerLanesChart(withLanes(...many), view, "locks");
    const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(markup)?.[1]);
    expect(new Set(yOf(markup, "plain")).size).toBe(4);
    for (const y of yOf(markup, "plain")) expect(y).toBeLessThan(height);
  });

  it("have a row of their own, with their label, where they are about no node", () => {
    const { node, ...cluster } = hold(1, 2, { label: "no leader", colour: "wrong" });
    const { markup } = lanesChart(withLanes(cluster), view);
    expect(markup).toMatch(/<text [^>]*>no leader|<text [^>]*>no lead…/);
    expect(yOf(markup, "wrong")).toHaveLength(1);
  });

  it("of one checker are drawn apart from the others, with their words where these have room", () => {
    const lanes = withLanes(hold(1, 1.2), hold(2, 2.1, { checker: "watch", text: "lag of 3 s" }));
    const { markup } = checkerLanesChart(lanes, view, "locks");
    expect(markup).toContain('id="locks-chart');
    expect(markup).toContain(">p1 holds a from 1</text>");
    expect(markup).not.toContain("lag of 3 s");
  });
});
