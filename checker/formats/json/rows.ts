/** Events in JSON, one a line: most of them without parsing a line at a time. */
import { type EventRows, odd } from "../../../core/codec/rows/event-rows.ts";
import { EventScanner } from "../../../core/codec/rows/event-scanner.ts";
import type { Source } from "../format.ts";
import { isJson, type JsonObject, objectOf } from "./reading.ts";

/**
 * Calls `known` for each line that the scanner knows, and `each` for every other one, with its number from 1. A last line that was cut
 * off is dropped: then its number is returned.
 */
export async function eachRow(
  source: Source,
  known: (rows: EventRows, row: number) => void,
  each: (object: JsonObject, line: number) => void,
): Promise<number | undefined> {
  const { file } = source;
  const scanner = new EventScanner(["process", "f"]);
  const read = (text: string, line: number) => {
    const own = line === 1 ? text.replace(/^\uFEFF/, "") : text;
    if (own.trim() !== "") each(objectOf(own.replace(/\r$/, ""), line, file), line);
  };
  for await (const chunk of source.chunks()) {
    const rows = scanner.push(chunk);
    for (let row = 0; row < rows.size; row++) {
      if (rows.type[row] === odd) read(rows.text(row), rows.line[row] as number);
      else known(rows, row);
    }
  }
  const last = scanner.end();
  if (last.trim() !== "" && !isJson(last.replace(/^\uFEFF/, ""))) return scanner.line;
  read(last, scanner.line);
  return undefined;
}
