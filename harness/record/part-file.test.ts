import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeHistory } from "../../core/codec/history-codec.ts";
import type { HistoryEvent } from "../../core/history.ts";
import { nanos } from "../../core/time.ts";
import { PartFile } from "./part-file.ts";

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "assay-part-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

const event = (index: number, type: "invoke" | "ok"): HistoryEvent => ({
  index,
  time: nanos(index),
  type,
  process: 1,
  f: "read",
  key: "k",
});

it("has each invocation on file at once, with all that came before it, as a worker that is killed leaves it", () => {
  const path = join(scratch, "w1.jsonl");
  const part = new PartFile(path);
  const onFile = () => decodeHistory(readFileSync(path, "utf8")).map(({ type }) => type);
  part.append(event(0, "invoke"));
  expect(onFile()).toEqual(["invoke"]);
  part.append(event(1, "ok"));
  part.append(event(2, "invoke"));
  expect(onFile()).toEqual(["invoke", "ok", "invoke"]);
  part.append(event(3, "ok"));
  part.close();
  expect(onFile()).toEqual(["invoke", "ok", "invoke", "ok"]);
});
