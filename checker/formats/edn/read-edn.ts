import type { EdnForm } from "./edn.ts";
import { EdnReader } from "./reader.ts";

/** Every form at the top level of `text`, which begins on `line` of the file. */
export function readEdn(text: string, file: string, line = 1): EdnForm[] {
  const reader = new EdnReader(file, line);
  reader.append(text, true);
  const forms: EdnForm[] = [];
  for (let next = reader.next(); next !== "end"; next = reader.next()) if (next !== "more") forms.push(next);
  return forms;
}
