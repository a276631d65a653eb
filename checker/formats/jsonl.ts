import { decodeHistory, isTruncated } from "../../core/history-codec.ts";
import type { Format } from "./format.ts";
import { malformed } from "./malformed.ts";
import { wholeText } from "./whole-text.ts";

/** Our own `history.jsonl`. A last line that was cut off is dropped where others stand before it. */
export const jsonl: Format = {
  name: "jsonl",
  summary: "Assay's own history.jsonl: one event a line",
  looksLike: (text) => /^\s*\{\s*"/.test(text),
  async read(source) {
    const text = await wholeText(source);
    const { file } = source;
    const history = decodeHistory(text, file);
    if (history.length === 0 && isTruncated(text))
      throw malformed(file, text.split("\n").length, "one JSON object a line", text.trim());
    return { history, truncated: isTruncated(text), notes: [] };
  },
};
