import { describe, expect, it } from "vitest";
import type { History, HistoryEvent } from "../../../core/history.ts";
import type { Json } from "../../../core/op.ts";
import { seconds } from "../../../core/time.ts";
import { analyse } from "../analysis.ts";
import { kindsOf } from "../findings/findings.ts";
import { promiseOf } from "../promises.ts";

/** A history of a watch of the keys `k…`; each step takes 10 ms. */
function script() {
  const events: object[] = [];
  let ms = 0;
  const add = (event: object) => {
    ms += 10;
    events.push({ index: events.length, time: ms * 1e6, node: "n1", ...event });
    return steps;
  };
  const operation = (process: number, f: string, call: object, result: object) => {
    add({ type: "invoke", process, f, ...call });
    return add({ type: "ok", process, f, ...call, ...result });
  };
  const steps = {
    write: (key: string, value: number, revision: number) =>
      operation(1, "write", { key, value }, { revision }),
    delete: (key: string, revision: number) => operation(1, "delete", { key }, { value: true, revision }),
    open: (revision: number) =>
      operation(0, "watch", { value: { kind: "children", prefix: "k" } }, { revision }),
    told: (f: string, more: { value?: Json; revision?: number }) =>
      add({ type: "notice", process: 0, f, of: 0, ...more }),
    later: () => {
      ms += 60_000;
      return steps.write("other", ms, 99);
    },
    findings: () => {
      const history = events as readonly object[] as readonly HistoryEvent[] as History;
      const { findings } = analyse(history, promiseOf(), seconds(5));
      return Object.values(kindsOf)
        .flat()
        .filter((kind) => findings.count(kind) > 0);
    },
  };
  return steps;
}

const names = (value: readonly string[], revision: number) => ({ value, revision });

describe("a watch of which keys exist", () => {
  it("is right where each registration has one event, and the names are in the end as they were left", () => {
    const run = script()
      .open(1)
      .told("state", names([], 1))
      .write("k1", 1, 2)
      .told("changed", { revision: 2 })
      .told("state", names(["k1"], 2))
      .write("k1", 2, 3)
      .delete("k1", 4)
      .told("changed", { revision: 4 })
      .told("state", names([], 4))
      .later();
    expect(run.findings()).toEqual([]);
  });

  it("is wrong with two events of one registration, or with new names before the event", () => {
    const opened = () => script().open(1).told("state", names([], 1)).write("k1", 1, 2);
    const twice = opened()
      .told("changed", {})
      .told("changed", {})
      .told("state", names(["k1"], 2));
    expect(twice.findings()).toEqual(["second-event"]);
    expect(
      opened()
        .told("state", names(["k1"], 2))
        .findings(),
    ).toEqual(["data-before-event"]);
  });

  it("is wrong where a key came or went and nothing was told, but not where only its value changed", () => {
    const first = script().open(0).told("state", names([], 0)).write("k1", 1, 1);
    expect(first.later().findings()).toEqual(["event-not-delivered"]);
    const put = first
      .told("changed", {})
      .told("state", names(["k1"], 1))
      .write("k1", 2, 2);
    expect(put.later().findings()).toEqual([]);
    expect(put.delete("k1", 100).later().later().findings()).toEqual(["event-not-delivered"]);
  });
});
