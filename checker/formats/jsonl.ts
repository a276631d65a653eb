import { decodeHistory } from "../../core/history-codec.ts";
import type { Format } from "./format.ts";

/** Our own `history.jsonl`. */
export const jsonl: Format = {
  name: "jsonl",
  summary: "Assay's own history.jsonl: one event a line",
  looksLike: (text) => /^\s*\{\s*"/.test(text),
  parse: decodeHistory,
};
