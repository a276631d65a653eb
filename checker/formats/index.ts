import { UsageError } from "../../core/errors.ts";
import { jepsenEdn } from "./edn/jepsen-edn.ts";
import { knossosEdn } from "./edn/knossos-edn.ts";
import { porcupineKv } from "./edn/porcupine-kv.ts";
import type { Format, Source } from "./format.ts";
import { jepsenLog } from "./jepsen-log.ts";
import { jsonEvents } from "./json/events.ts";
import { jsonOperations } from "./json/json-operations.ts";
import { jsonl } from "./json/jsonl.ts";
import { porcupineJson } from "./json/porcupine-json.ts";

/** The formats by the names that `--format` accepts, the most specific first. */
export const formats: Readonly<Record<string, Format>> = Object.fromEntries(
  [porcupineJson, jsonOperations, jsonEvents, jsonl, jepsenLog, porcupineKv, jepsenEdn, knossosEdn].map(
    (format) => [format.name, format],
  ),
);

/** Formats that people have and that cannot be read, each with a test of its beginning. */
const unread: readonly { readonly words: string; is(head: string): boolean }[] = [
  {
    words:
      "operations.json of etcd's robustness tests, whose requests (ranges, transactions, leases) are not read: its own report judges it",
    is: (head) =>
      /"Input"\s*:\s*\{\s*"Type"\s*:/.test(head) ||
      /"Input"\s*:\s*\{[^{}]*"(LeaseGrant|Txn|Range)"/.test(head),
  },
  {
    words: "a results.edn or results.json, which holds verdicts: name the history next to it",
    is: (head) =>
      /^\s*\{[\s\S]{0,200}[":](valid\?|anomaly-types)["\s]/.test(head) && !/[":]process\b/.test(head),
  },
  {
    words: "binary data: Jepsen's store holds the history as text in history.edn",
    is: (head) => head.includes("\0"),
  },
];

/**
 * The format that the source looks like. Throws a UsageError that names the file where it looks like none, or like a known
 * format that cannot be read.
 */
export function detectFormat({ file, head }: Source): Format {
  const text = head.replace(/^\uFEFF/, "");
  const known = unread.find(({ is }) => is(text));
  if (known !== undefined) throw new UsageError(`${file}: this is ${known.words}`);
  const found = Object.values(formats).find((format) => format.looksLike(text));
  if (found !== undefined) return found;
  throw new UsageError(
    `${file}: looks like none of ${Object.keys(formats).join(", ")}; name one with --format`,
  );
}
