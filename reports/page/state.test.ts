import { describe, expect, it } from "vitest";
import type { Timeline } from "../charts/timeline.ts";
import { initialState, zoomBy, zoomTo } from "./state.ts";

const timeline = { end: 30 } as Timeline;

describe("zooming", () => {
  it("shows the whole run at first", () => {
    expect(initialState(timeline)).toMatchObject({ from: 0, to: 30 });
  });

  it("stays within the run, keeping its length", () => {
    const state = initialState(timeline);
    zoomTo(state, timeline, 28, 34);
    expect([state.from, state.to]).toEqual([24, 30]);
    zoomTo(state, timeline, -5, 5);
    expect([state.from, state.to]).toEqual([0, 10]);
  });

  it("keeps the moment that it zooms around where it is", () => {
    const state = initialState(timeline);
    zoomBy(state, timeline, 0.5, 10);
    expect([state.from, state.to]).toEqual([5, 20]);
    zoomBy(state, timeline, 4, 10);
    expect([state.from, state.to]).toEqual([0, 30]);
  });

  it("ends at single operations", () => {
    const state = initialState(timeline);
    zoomTo(state, timeline, 10, 10);
    expect(state.to - state.from).toBeGreaterThan(0);
  });
});
