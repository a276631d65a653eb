import { UsageError } from "../../core/errors.ts";
import type { Format, Source } from "./format.ts";
import { jepsenEdn } from "./jepsen-edn.ts";
import { jepsenLog } from "./jepsen-log.ts";
import { jsonEvents } from "./json-events.ts";
import { jsonOperations } from "./json-operations.ts";
import { jsonl } from "./jsonl.ts";
import { knossosEdn } from "./knossos-edn.ts";
import { porcupineJson } from "./porcupine-json.ts";
import { porcupineKv } from "./porcupine-kv.ts";

/** Every format by the name that `--format` knows, the most particular first. */
export const formats: Readonly<Record<string, Format>> = Object.fromEntries(
  [porcupineJson, jsonOperations, jsonEvents, jsonl, jepsenLog, porcupineKv, jepsenEdn, knossosEdn].map(
    (format) => [format.name, format],
  ),
);

/**
 * The format that the source looks like. A UsageError that names the file where it looks like none, or like a form that is
 * known and not read.
 */
export function detectFormat({ file, head }: Source): Format {
  const text = head.replace(/^\uFEFF/, "");
  const found = Object.values(formats).find((format) => format.looksLike(text));
  if (found !== undefined) return found;
  throw new UsageError(
    `${file}: looks like none of ${Object.keys(formats).join(", ")}; name one with --format`,
  );
}
