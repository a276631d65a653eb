import { expect, it } from "vitest";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { HistoryEvent } from "../../core/history.ts";
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
