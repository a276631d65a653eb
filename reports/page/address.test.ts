import { describe, expect, it } from "vitest";
import { seconds } from "../../core/time.ts";
import type { Timeline } from "../charts/timeline.ts";
import { seriesOf } from "../data/series.ts";
import { operation } from "../testing/operations.ts";
import { addressOf, restore } from "./address.ts";
import { initialState, zoomTo } from "./state.ts";

const timeline: Timeline = {
  end: 30,
  nodes: [],
  faults: [],
  leaders: [],
  phases: [],
  lanes: [],
  curves: [],
  usage: { nodes: [] },
  series: seriesOf([operation({ f: "read", intended: 1, from: 2, to: 3 })], [], seconds(30)),
};

const restored = (hash: string) => {
  const state = initialState(timeline);
  return { isState: restore(state, timeline, hash, 100), state };
};

describe("the address of a page", () => {
  it("holds the zoom, the choices and the chosen point, and brings them back", () => {
    const state = initialState(timeline);
    zoomTo(state, timeline, 5.1, 7.25);
    Object.assign(state, { f: "read", measure: "service", colour: "function", point: 42 });
    const address = addressOf(state, timeline);
    expect(address).toBe("at=5.1-7.25&operation=read&measure=service&colour=function&point=42");
    expect(restored(`#${address}`).state).toEqual(state);
  });

  it("is empty at the start, and a link to a section is no state", () => {
    expect(addressOf(initialState(timeline), timeline)).toBe("");
    expect(restored("#faults").isState).toBe(false);
    expect(restored("").isState).toBe(false);
  });

  it("keeps to what there is: the run's length, its operations and its points", () => {
    const { state } = restored("#at=20-900&operation=lock&measure=mean&point=4711");
    expect(state).toEqual(initialState({ ...timeline }));
    expect(restored("#at=7-5").state.from).toBe(0);
    expect(restored("#at=28-40").state).toMatchObject({ from: 18, to: 30 });
  });
});
