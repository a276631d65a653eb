import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ClientEvent,
  type HistoryEvent,
  isNotice,
  type NoticeEvent,
  operations,
} from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { mergeParts } from "./merge-parts.ts";

const event = (index: number, time: number, type: "invoke" | "ok", process: number): ClientEvent => ({
  index,
  time: nanos(time),
  type,
  process,
  f: "read",
  key: "k",
});

/** Operations of one process after the other, each a begin and an end. */
const part = (process: number, times: readonly (readonly [number, number])[]): HistoryEvent[] =>
  times.flatMap(([begin, end], i) => [
    event(2 * i, begin, "invoke", process),
    event(2 * i + 1, end, "ok", process),
  ]);

const shape = (events: readonly HistoryEvent[]) =>
  events.map(({ type, process, time }) => [type, process, time]);

describe("parts of a history", () => {
  it("are merged by time, and counted anew", () => {
    const merged = mergeParts([
      part(1, [
        [1, 4],
        [6, 9],
      ]),
      part(2, [
        [2, 3],
        [5, 8],
      ]),
    ]);
    expect(merged.map(({ time }) => time)).toEqual([1, 2, 3, 4, 5, 6, 8, 9]);
    expect(merged.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("order no two operations just because their times are equal", () => {
    for (const parts of [
      [part(1, [[1, 5]]), part(2, [[5, 6]])],
      [part(2, [[5, 6]]), part(1, [[1, 5]])],
    ]) {
      const [first, second] = operations(mergeParts(parts)).toSorted((a, b) => a.process - b.process);
      expect(first?.returnIndex).toBeGreaterThan(second?.callIndex ?? 0);
    }
  });

  it("keep the order of each part, even where its own times are equal", () => {
    const merged = mergeParts([
      part(1, [
        [5, 5],
        [5, 5],
      ]),
      part(2, [[5, 5]]),
    ]);
    expect(shape(merged).filter(([, process]) => process === 1)).toEqual(
      shape(
        part(1, [
          [5, 5],
          [5, 5],
        ]),
      ),
    );
  });

  it("take their notices along with what subscribed to them", () => {
    const notice: NoticeEvent = {
      index: 1,
      time: nanos(7),
      type: "notice",
      process: 1,
      node: nodeId("n1"),
      f: "put",
      of: 0,
    };
    const merged = mergeParts([[event(0, 3, "invoke", 1), notice], part(2, [[1, 2]])]);
    const moved = merged.find(isNotice);
    expect(moved?.of).toBe(2);
    expect(merged[2]).toMatchObject({ type: "invoke", process: 1 });
  });

  it("are whole where there is one, or none", () => {
    expect(mergeParts([])).toEqual([]);
    expect(mergeParts([[], part(1, [[1, 2]])])).toEqual(part(1, [[1, 2]]));
  });

  it("never turn an order around: what ended before another began does so in the merged history, too", () => {
    const times = fc.array(fc.nat(60), { minLength: 2, maxLength: 16 });
    fc.assert(
      fc.property(fc.array(times, { maxLength: 4 }), (drawn) => {
        const parts = drawn.map((all, process) => {
          const sorted = [...all].sort((a, b) => a - b);
          const pairs = sorted.flatMap((begin, i) =>
            i % 2 === 0 ? [[begin, sorted[i + 1] ?? begin] as const] : [],
          );
          return part(process, pairs);
        });
        const all = operations(mergeParts(parts));
        for (const a of all)
          for (const b of all) {
            if (a.completedAt < b.invokedAt) expect(a.returnIndex).toBeLessThan(b.callIndex);
            if (a.process !== b.process && a.completedAt > b.invokedAt)
              expect(a.returnIndex).toBeGreaterThan(b.callIndex);
          }
      }),
    );
  });
});
