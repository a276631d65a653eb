import { UsageError } from "../../core/errors.ts";
import type { Format } from "./format.ts";
import { jepsenEdn } from "./jepsen-edn.ts";
import { jepsenLog } from "./jepsen-log.ts";
import { jsonOperations } from "./json-operations.ts";
import { jsonl } from "./jsonl.ts";
import { knossosEdn } from "./knossos-edn.ts";
import { porcupineKv } from "./porcupine-kv.ts";

/** Every format by the name that `--format` knows, the most particular first. */
export const formats: Readonly<Record<string, Format>> = Object.fromEntries(
  [jsonOperations, jsonl, jepsenLog, porcupineKv, jepsenEdn, knossosEdn].map((format) => [
    format.name,
    {
      ...format,
      looksLike: (text: string) => format.looksLike(withoutMark(text)),
      parse: (text: string, file: string) => format.parse(withoutMark(text), file),
    },
  ]),
);

/** Without the byte order mark that some editors put first. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, "");

/** The format that the text looks like; a UsageError that names `--format` where it looks like none. */
export function detectFormat(text: string, file: string): Format {
  const found = Object.values(formats).find((format) => format.looksLike(text));
  if (found !== undefined) return found;
  throw new UsageError(
    `${file}: looks like none of ${Object.keys(formats).join(", ")}; name one with --format`,
  );
}
