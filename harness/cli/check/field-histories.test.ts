import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitStatus, UsageError } from "../../../core/errors.ts";
import { checked } from "../testing/checked.ts";
import type { CheckOptions } from "./case.ts";

const field = join(import.meta.dirname, "../../../../shared/histories/field");
const isPresent = existsSync(field);
if (!isPresent) process.stderr.write(`${field} is absent: its histories are not checked\n`);

const { valid, invalid, unknown, usage } = exitStatus;

/** The statuses that its README allows, and what must be said with them. */
const cases: readonly [
  file: string,
  options: Partial<CheckOptions>,
  statuses: readonly number[],
  says: RegExp,
][] = [
  ["01-etcdreg.edn", { model: "versioned-register" }, [valid], /model versioned-register/],
  ["01-etcdreg.edn", {}, [valid], /model versioned-register/],
  ["02-longfork.edn", {}, [valid, usage], /micro-operations/],
  ["05-failcas.txt", {}, [valid], /failed cas: treated as without effect/],
  ["05-failcas.edn", {}, [valid], /failed cas: treated as without effect/],
  ["05-failcas.edn", { fail: "comparison" }, [invalid], /cas/],
  ["06-j64.json", {}, [invalid], /9223372036854775801/],
  ["06-j64.jsonl", {}, [invalid], /9223372036854775801/],
  ["09-setkey.edn", { model: "set" }, [usage], /09-setkey\.edn/],
  ["10-jsonevents.json", {}, [valid], /1 write \(1 ok\)/],
  ["12-mlog.txt", {}, [valid], /read as jepsen-log/],
  ["13-notime.edn", {}, [unknown], /knossos-edn.*1 read returned nil: treated as unanswered/],
  ["13-withtime.edn", {}, [invalid], /jepsen-edn.*1 read returned nil: treated as an absent value/],
  ["15-bankread.edn", {}, [usage], /bank/],
  ["20-counterbig.edn", { model: "counter" }, [valid], /model counter/],
  ["p1-k10.txt", {}, [valid], /2 unknown/],
  ["p4-e8.edn", { model: "multi-register" }, [invalid], /12/],
  ["p5-e28.edn", { model: "multi-register", initial: '{"seats":9}' }, [valid], /2 txn/],
  ["p7-open200-valid.edn", {}, [valid], /200 unknown/],
  ["p7-open200-invalid.edn", {}, [invalid], /200 unknown/],
];

/** Status and words, a refusal's too. */
async function outcome(file: string, options: Partial<CheckOptions>) {
  try {
    const all = { whole: false, timeLimit: 60, memoryLimit: 1024, ...options };
    const { status, text } = await checked(join(field, file), all);
    return { status, text };
  } catch (reason) {
    if (!(reason instanceof UsageError)) throw reason;
    return { status: usage, text: reason.message };
  }
}

describe.skipIf(!isPresent)("histories in the shapes that people have (skipped where absent)", () => {
  it.each(cases)("%s with %j ends with one of %j, and says why", async (file, options, statuses, says) => {
    const { status, text } = await outcome(file, options);
    expect(statuses).toContain(status);
    expect(text).toMatch(says);
  });
});
