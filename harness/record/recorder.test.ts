import { expect, it } from "vitest";
import { textSource } from "../../checker/formats/format.ts";
import { jsonl } from "../../checker/formats/json/jsonl.ts";
import { decodeHistory, encodeEvent } from "../../core/codec/history-codec.ts";
import { errorCodes } from "../../core/errors.ts";
import type { HistoryEvent } from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { Recorder } from "./recorder.ts";

const node = nodeId("n1");

it("records the three kinds of event in one order, and what it records is read again", () => {
  const lines: string[] = [];
  const recorder = new Recorder(new VirtualClock(), (event) => lines.push(encodeEvent(event)));
  recorder.begin();
  recorder.harness({ f: "phase", value: "main" });
  recorder.invoke(1, { f: "watch", key: "k" }, node);
  recorder.complete(1, { f: "watch", key: "k" }, node, { type: "ok", output: { revision: 4 } });
  recorder.notice({ process: 1, node, f: "put", of: 1, key: "k", value: 5, previous: null, revision: 5 });
  recorder.harness({ f: "leader", value: node });
  expect(recorder.history.map(({ index, type, f }) => [index, type, f])).toEqual([
    [0, "info", "phase"],
    [1, "invoke", "watch"],
    [2, "ok", "watch"],
    [3, "notice", "put"],
    [4, "info", "leader"],
  ]);
  expect(recorder.counts).toEqual({ ok: 1, fail: 0, info: 0 });
  expect(decodeHistory(`${lines.join("\n")}\n`)).toEqual(recorder.history);
});

it("counts what others report until it takes in what they recorded, and nothing twice", () => {
  const clock = new VirtualClock();
  const recorder = new Recorder(clock, () => {});
  const elsewhere: HistoryEvent[] = [];
  const other = new Recorder(clock, (event) => elsewhere.push(event), false);
  for (const each of [recorder, other]) {
    each.begin(nanos(0));
    each.invoke(1, { f: "read", key: "k" }, node);
    each.complete(1, { f: "read", key: "k" }, node, { type: "ok", output: { value: null } });
  }
  recorder.report("w1", other.counted);
  expect(recorder.counts).toEqual({ ok: 2, fail: 0, info: 0 });
  recorder.adopt([elsewhere]);
  recorder.report("w1", other.counted);
  expect(recorder.counts).toEqual({ ok: 2, fail: 0, info: 0 });
  expect(recorder.history).toHaveLength(4);
});

it("counts the operations of chosen processes only, and records those of all", () => {
  const recorder = new Recorder(new VirtualClock(), () => {});
  recorder.countOnly((process) => process < 2);
  recorder.begin(nanos(0));
  for (const process of [1, 2, 3]) {
    recorder.invoke(process, { f: "read", key: "k" }, node);
    recorder.complete(process, { f: "read", key: "k" }, node, { type: "ok", output: { value: null } });
  }
  expect(recorder.counts).toEqual({ ok: 1, fail: 0, info: 0 });
  expect(recorder.latency.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(recorder.history).toHaveLength(6);
});

it("counts as errors what failed or nobody knows, but no answers, here and elsewhere", () => {
  const clock = new VirtualClock();
  const [recorder, other] = [new Recorder(clock, () => {}), new Recorder(clock, () => {}, false)];
  for (const each of [recorder, other]) {
    each.begin(nanos(0));
    for (const code of ["overloaded", "mismatch", "timeout"] as const) {
      const { definite } = errorCodes[code];
      const type = definite ? ("fail" as const) : ("info" as const);
      each.invoke(1, { f: "cas", key: "k" }, node);
      each.complete(1, { f: "cas", key: "k" }, node, { type, error: { code, definite, message: code } });
    }
  }
  expect(recorder.counted.errors).toBe(2);
  recorder.report("w1", other.counted);
  expect(recorder.counted).toMatchObject({ counts: { ok: 0, fail: 4, info: 2 }, errors: 4 });
});

it("refuses a notice of what subscribed to nothing", () => {
  const recorder = new Recorder(new VirtualClock(), () => {});
  recorder.begin();
  recorder.harness({ f: "phase", value: "main" });
  expect(() => recorder.notice({ process: 1, node, f: "put", of: 0 })).toThrow("a notice of event 0");
});

it("reads back what it records by the format of run directories, too", async () => {
  const lines: string[] = [];
  const recorder = new Recorder(new VirtualClock(), (event) => lines.push(encodeEvent(event)));
  recorder.begin();
  recorder.harness({ f: "phase", value: "main" });
  recorder.harness({ f: "leader", value: null, since: nanos(0) });
  const value = { state: "begin", id: 1, summary: "pause n1", nodes: [node], led: node } as const;
  recorder.harness({ f: "fault", name: "pause-leader", value });
  recorder.invoke(1, { f: "read", key: "k", mode: "local" }, node);
  recorder.complete(1, { f: "read", key: "k", mode: "local" }, node, { type: "ok", output: { value: 4 } });
  recorder.invoke(1, { f: "watch", key: "k" }, node);
  recorder.notice({ process: 1, node, f: "put", of: 5, key: "k", value: 5, previous: null, revision: 5 });
  recorder.harness({ f: "digest", value: { node, at: 9, digest: "abc", since: 0 } });
  const text = `${lines.join("\n")}\n`;
  const { history } = await jsonl.read(textSource(text, "history.jsonl"));
  expect(history).toEqual(recorder.history);
  const wrong = jsonl.read(textSource(text.replace('"of":5', '"of":4'), "history.jsonl"));
  await expect(wrong).rejects.toThrow(
    'history.jsonl:7: expected a notice "of" an invocation before it, got 4',
  );
});
