import { expect, it } from "vitest";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { ClientEvent, HistoryEvent } from "../../core/history.ts";
import { nodeId } from "../../core/op.ts";
import { nanos } from "../../core/time.ts";
import { textSource } from "./format.ts";
import { jsonl } from "./json/jsonl.ts";

it("our own history comes back with what a run asked each node at rest", async () => {
  const events: HistoryEvent[] = (["invoke", "ok"] as const).map((type, index) => ({
    index,
    time: nanos(index * 1000),
    type,
    process: 3,
    f: "read",
    key: "r1",
    mode: "serializable",
    node: nodeId("n2"),
    ...(type === "ok" && { value: 41, revision: 7, modRevision: 5 }),
  }));
  const text = `${events.map(encodeEvent).join("\n")}\n`;
  expect((await jsonl.read(textSource(text, "history.jsonl"))).history).toEqual(events);
});

it("our own history comes back with reads of the past, answered and refused", async () => {
  const head = { process: 3, f: "read-at", key: "k7", node: nodeId("n2") };
  const events: HistoryEvent[] = [
    { ...head, index: 0, time: nanos(0), type: "invoke", value: 5 },
    { ...head, index: 1, time: nanos(1), type: "ok", value: 41, revision: 7, modRevision: 4 },
    { ...head, index: 2, time: nanos(2), type: "invoke", value: 2 },
    { ...head, index: 3, time: nanos(3), type: "fail", value: 2, error: "compacted" },
  ];
  const text = `${events.map(encodeEvent).join("\n")}\n`;
  const { history } = await jsonl.read(textSource(text, "history.jsonl"));
  const { value: _, ...refused } = events[3] as ClientEvent;
  expect(history).toMatchObject([...events.slice(0, 3), refused]);
});
