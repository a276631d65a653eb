import type { Format } from "../format.ts";
import { readJsonEvents } from "./events.ts";

/** Our own `history.jsonl`. A last line that was cut off is dropped where others stand before it. */
export const jsonl: Format = {
  name: "jsonl",
  summary: "Assay's own history.jsonl: one event a line",
  looksLike: (head) => /^\s*\{\s*"/.test(head),
  read: readJsonEvents,
};
