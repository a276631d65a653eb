import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import type { Json } from "../../core/op.ts";
import type { VerdictKind } from "../../core/verdict.ts";
import { linearizable } from "../linearizability/linearizable.ts";
import { modelOf, models } from "../models/index.ts";
import { assertFits, fittingModels } from "../models/recognize.ts";
import { type FormatOptions, textSource } from "./format.ts";
import { detectFormat } from "./index.ts";

const field = join(import.meta.dirname, "../../../shared/histories/field");

interface Recognised {
  readonly kind: VerdictKind;
  readonly notes: readonly string[];
}

/** The verdict of a text as `assay check` gives it: the form and, where not named, the model are recognized. */
async function judge(
  text: string,
  {
    model,
    initial,
    file = "file",
    ...options
  }: FormatOptions & { model?: string; initial?: Json; file?: string } = {},
): Promise<Recognised> {
  const source = textSource(text, file);
  const read = await detectFormat(source).read(source, options);
  const fitting = fittingModels(read.history, file);
  const [only] = fitting;
  const name = model ?? (fitting.length === 1 && only !== undefined ? only : undefined);
  if (name === undefined) throw new UsageError(`${file}: the models that fit are ${fitting.join(", ")}`);
  assertFits(name, read.history, file);
  const first = initial ?? read.initial;
  const checker = linearizable({ model: modelOf(name, first === undefined ? {} : { initial: first }) });
  const { kind } = await checker.check(read.history, {
    promises: "linearizable",
    threads: 1,
    timeLimitSeconds: 60,
    memoryLimitBytes: 1e9,
    now: () => 0,
  });
  return { kind, notes: read.notes };
}

const verdict = async (...asked: Parameters<typeof judge>): Promise<VerdictKind> =>
  (await judge(...asked)).kind;

const present = existsSync(field);
if (!present) process.stderr.write(`${field} is absent: the field histories are not judged\n`);
const text = (name: string) => readFileSync(join(field, name), "utf8");

describe.skipIf(!present)(
  "histories in the shapes that people have (../shared; skipped where absent)",
  () => {
    it.each<[file: string, kind: VerdictKind, options?: { model?: string; initial?: Json }]>([
      ["01-etcdreg.edn", "valid", { model: "versioned-register" }],
      ["01-etcdreg.edn", "valid"],
      ["05-failcas.txt", "valid"],
      ["05-failcas.edn", "valid"],
      ["06-j64.json", "invalid"],
      ["06-j64.jsonl", "invalid"],
      ["10-jsonevents.json", "valid"],
      ["12-mlog.txt", "valid"],
      ["20-counterbig.edn", "valid", { model: "counter" }],
      ["p1-k10.txt", "valid"],
      ["p4-e8.edn", "invalid", { model: "multi-register" }],
      ["p5-e28.edn", "valid", { model: "multi-register", initial: { seats: 9 } }],
      ["p7-open200-valid.edn", "valid"],
      ["p7-open200-invalid.edn", "invalid"],
    ])("%s is %s", async (file, kind, options) => {
      expect(await verdict(text(file), { ...options, file })).toBe(kind);
    });

    it.each([
      ["02-longfork.edn", undefined, /this is a history of micro-operations .* not judged yet/],
      ["02-longfork.edn", "register", /this is a history of micro-operations/],
      [
        "09-setkey.edn",
        "set",
        /the model set cannot judge this history: a read answers a list, and this one has read, answered 1/,
      ],
      ["15-bankread.edn", undefined, /this is a bank history .* not judged yet/],
    ])("%s is not judged, and the reason is named", async (file, model, message) => {
      const judged = judge(text(file), { ...(model !== undefined && { model }), file });
      await expect(judged).rejects.toThrow(UsageError);
      await expect(judged).rejects.toThrow(message);
    });

    it("13: reads of nil with and without times say how they were taken", async () => {
      expect((await judge(text("13-notime.edn"))).notes).toContain(
        "1 read returned nil: treated as unanswered",
      );
      expect((await judge(text("13-withtime.edn"))).notes).toContain(
        "1 read returned nil: treated as an absent value",
      );
    });
  },
);

const edn = (...rows: [process: number | string, type: string, f: string, value: string, rest?: string][]) =>
  rows
    .map(
      ([process, type, f, value, rest = ""], i) =>
        `{:process ${process}, :type :${type}, :f :${f}, :value ${value}, :time ${i}${rest}}`,
    )
    .join("\n");
const done = (f: string, asked: string, answered = asked): Parameters<typeof edn> => [
  [0, "invoke", f, asked],
  [0, "ok", f, answered],
];

describe("versions in values", () => {
  const write = (version: number, value: number) => done("write", `[nil ${value}]`, `[${version} ${value}]`);
  it("are revisions of the one register, without keys too", async () => {
    const legal = edn(
      ...write(1, 4),
      ...done("cas", "[nil [4 5]]", "[2 [4 5]]"),
      ...done("read", "[nil nil]", "[2 5]"),
    );
    expect(await verdict(legal)).toBe("valid");
    const stale = edn(...write(1, 4), ...write(2, 5), ...done("read", "[nil nil]", "[1 4]"));
    expect(await verdict(stale)).toBe("invalid");
    const sameValue = edn(...write(1, 4), ...write(2, 4), ...done("read", "[nil nil]", "[1 4]"));
    expect(await verdict(sameValue)).toBe("invalid");
  });

  it("are not seen in a register that holds pairs", async () => {
    const pairs = edn(...done("write", "[1 2]"), ...done("read", "nil", "[1 2]"));
    expect(await verdict(pairs)).toBe("valid");
  });

  it("that an answer leaves out say nothing", async () => {
    expect(
      await verdict(edn(...write(1, 4), ...done("write", "[nil 5]"), ...done("read", "[nil nil]", "[2 5]"))),
    ).toBe("valid");
  });
});

describe("a CAS that failed", () => {
  const failed = (rest = "") =>
    edn(
      ...done("write", "1"),
      [1, "invoke", "cas", "[1 2]"],
      [1, "fail", "cas", "[1 2]", rest],
      ...done("read", "nil", "1"),
    );
  it("never took place, unless an option says that it compared", async () => {
    expect(await verdict(failed())).toBe("valid");
    expect(await verdict(failed(), { fail: "comparison" })).toBe("invalid");
    expect(await verdict(failed(" :error :did-not-succeed"), { fail: "comparison" })).toBe("invalid");
    expect(await verdict(failed(" :error :connection-refused"), { fail: "comparison" })).toBe("valid");
  });

  it("compared in the logs of 2014, unless an option says that it never took place", async () => {
    const log = ["0 :invoke :write 1", "0 :ok :write 1", "0 :invoke :cas [1 2]", "0 :fail :cas [1 2]"]
      .map((line) => `INFO  jepsen.util - ${line}`)
      .join("\n");
    const compared = await judge(log);
    expect(compared.kind).toBe("invalid");
    expect(compared.notes).toContain("failed cas: treated as a comparison that found another value (1 time)");
    const never = await judge(log, { fail: "no-effect" });
    expect(never.kind).toBe("valid");
    expect(never.notes).toContain("failed cas: treated as without effect (1 time)");
  });
});

describe("whole numbers beyond 2^53", () => {
  const [big, near] = ["9223372036854775807", "9223372036854775801"];
  it.each([
    ["EDN", (wrote: string, read: string) => edn(...done("write", wrote), ...done("read", "nil", read))],
    [
      "a log",
      (wrote: string, read: string) =>
        `0 :invoke :write ${wrote}\n0 :ok :write ${wrote}\n0 :invoke :read nil\n0 :ok :read ${read}`,
    ],
    [
      "operations",
      (wrote: string, read: string) =>
        `[{"f":"write","value":${wrote},"call":0,"return":1},{"f":"read","result":${read},"call":2,"return":3}]`,
    ],
    [
      "nested",
      (wrote: string, read: string) =>
        `[{"f":"write","value":[{"a":${wrote}}],"call":0,"return":1},{"f":"read","result":[{"a":${read}}],"call":2,"return":3}]`,
    ],
    [
      "Porcupine",
      (wrote: string, read: string) =>
        `[{"ClientId":0,"Input":{"op":false,"value":${wrote}},"Call":0,"Output":0,"Return":1},{"ClientId":0,"Input":{"op":true,"value":0},"Call":2,"Output":${read},"Return":3}]`,
    ],
  ])("are kept apart in %s", async (_, history) => {
    expect(await verdict(history(big, big))).toBe("valid");
    expect(await verdict(history(big, near))).toBe("invalid");
  });

  it("are kept apart as keys and as processes", async () => {
    const on = (key: string, process: string, f: string, value: string, at: number) =>
      `{"process":${process},"f":"${f}","key":${key},${value},"call":${at},"return":${at + 1}}`;
    const text = `[${on(big, big, "write", '"value":1', 0)},${on(near, near, "write", '"value":2', 0)},${on(big, big, "read", '"result":1', 4)}]`;
    expect(await verdict(text)).toBe("valid");
  });

  it("keep the order of nanosecond times since 1970", async () => {
    const at = (from: string, to: string, rest: string) => `{${rest},"call":${from},"return":${to}}`;
    const text = (read: string) =>
      `[${at("1700000000000000001", "1700000000000000002", '"f":"write","value":1')},${at("1700000000000000003", "1700000000000000004", `"f":"read","result":${read}`)}]`;
    expect(await verdict(text("1"))).toBe("valid");
    expect(await verdict(text("null"))).toBe("invalid");
  });

  it("are added exactly", async () => {
    const counted = (sum: string) =>
      edn(...done("add", "9007199254740993"), ...done("add", "2"), ...done("read", "nil", sum));
    expect(await verdict(counted("9007199254740995"), { model: "counter" })).toBe("valid");
    expect(await verdict(counted("9007199254740996"), { model: "counter" })).toBe("invalid");
    const down = edn(
      ...done("add", "9007199254740993"),
      ...done("add", "-9007199254740990"),
      ...done("read", "nil", "3"),
    );
    expect(await verdict(down, { model: "counter" })).toBe("valid");
  });
});

describe("what cannot be recognised is refused", () => {
  const event = (rest: string) =>
    `{"index":0,"time":1,"type":"invoke","process":0,"f":"write","key":"x","value":1}\n{"index":1,"time":2,"process":0,${rest}}`;
  const cases: [name: string, text: string, message: RegExp][] = [
    [
      "an answer under another key",
      event('"type":"ok","f":"write","key":"y","value":1'),
      /^file:2: expected the answer of process 0 to its write of key x, got an answer of key y/,
    ],
    [
      "an answer of another operation",
      event('"type":"ok","f":"read","key":"x","value":1'),
      /^file:2: expected the answer of process 0 to its write, got read/,
    ],
    [
      "an answer with another argument",
      event('"type":"ok","f":"write","key":"x","value":2'),
      /^file:2: expected the answer of process 0 to its write of 1, got write of 2/,
    ],
    [
      "an answer under another name",
      event('"type":"ok","f":"write","output":1'),
      /^file:2: expected no members but .*, got "output" \(the result goes under "value"\)/,
    ],
    [
      "an answer that completes a nil",
      edn(...done("write", "nil", "5")),
      /^file:2: expected the answer of process 0 to its write of null, got write of 5/,
    ],
    [
      "another independent key",
      edn(...done("read", "[:x nil]", "[:y 1]")),
      /^file:2: expected the answer of process 0 to its read of key x, got an answer of key y/,
    ],
    [
      "an answer without its key",
      edn(...done("add", "[0 0]"), ...done("read", "[0 nil]", "[0 1 2]")),
      /^file:4: expected an answer \[key value\]/,
    ],
    [
      "another step of a transaction",
      edn(...done("txn", "[[:r :x nil]]", "[[:r :y 1]]")),
      /^file:2: expected an answer to \["r","x",null\], got \["r","y",1\]/,
    ],
    [
      "a transaction that wrote another value",
      edn(...done("txn", "[[:w :x 1]]", "[[:w :x 2]]")),
      /^file:2: expected an answer to/,
    ],
    [
      "a result that stands as value",
      '[{"f":"read","value":1,"call":0,"return":1}]',
      /^file:1: expected what the read answered under "result", got "value": 1/,
    ],
    [
      "an output",
      '[\n{"f":"read","output":1,"call":0,"return":1}]',
      /^file:2: expected no members but .*, got "output" \(the result goes under "result"\)/,
    ],
    [
      "a write that answers another value",
      '[{"f":"write","value":1,"result":2,"call":0,"return":1}]',
      /^file:1: expected the answer to a write of 1, got "result": 2/,
    ],
    [
      "EDN with a result",
      `{:process 0 :type :invoke :f :read :time 1}\n{:process 0 :type :ok :f :read :result 3 :time 2}`,
      /^file:2: expected the argument or the answer as :value, got :result/,
    ],
    [
      "deep EDN",
      edn([0, "invoke", "write", `${"[".repeat(5000)}${"]".repeat(5000)}`]),
      /^file:1: expected values nested at most 500 deep/,
    ],
    [
      "deep tags",
      edn([0, "invoke", "write", `${"#a ".repeat(5000)}1`]),
      /^file:1: expected values nested at most 500 deep/,
    ],
    [
      "deep JSON",
      `[{"f":"write","value":${"[".repeat(5000)}${"]".repeat(5000)},"call":0}]`,
      /^file:1: expected values nested at most 500 deep/,
    ],
    [
      "deep JSON lines",
      `{"index":0,"time":1,"type":"invoke","process":0,"f":"write","value":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`,
      /^file:1: expected values nested/,
    ],
    [
      "a deep log",
      `0 :invoke :write ${"(".repeat(5000)}${")".repeat(5000)}`,
      /^file:1: expected values nested/,
    ],
    [
      "etcd's operations.json",
      '[{"ClientId":1,"Input":{"Type":"range","Range":{}},"Call":1,"Output":{},"Return":2}]',
      /this is operations.json of etcd's robustness tests/,
    ],
    [
      "list-append",
      edn(...done("txn", "[[:append 1 2] [:r 1 nil]]", "[[:append 1 2] [:r 1 [2]]]")),
      /this is a list-append history/,
    ],
    ["transfers", edn(...done("transfer", "{:from 0, :to 1, :amount 3}")), /this is a bank history/],
    ["several models", edn(...done("add", "1")), /the models that fit are set, counter/],
  ];
  it.each(cases)("%s", async (_, text, message) => {
    await expect(judge(text)).rejects.toThrow(UsageError);
    await expect(judge(text)).rejects.toThrow(message);
  });
});

describe("other people's JSON", () => {
  it("has named processes and numbers as keys", async () => {
    const rows = [
      '{"type":"invoke","f":"write","key":1,"value":5,"process":"client-a"}',
      '{"type":"ok","f":"write","key":1,"value":5,"process":"client-a"}',
      '{"type":"invoke","f":"read","key":1,"value":null,"process":"client-b"}',
      '{"type":"ok","f":"read","key":1,"value":4,"process":"client-b"}',
    ];
    expect(await verdict(`[${rows.join(",\n")}]`)).toBe("invalid");
    expect(await verdict(rows.join("\n").replace('"value":4', '"value":5'))).toBe("valid");
  });

  it('keeps the key 1 and the key "1" apart', async () => {
    const text =
      '[{"f":"write","key":1,"value":5,"call":0,"return":1},{"f":"read","key":"1","result":null,"call":2,"return":3}]';
    expect(await verdict(text)).toBe("valid");
  });

  const operation = (client: number, input: string, output: string, call: number) =>
    `{"ClientId":${client},"Input":${input},"Call":${call},"Output":${output},"Return":${call + 5}}`;
  it.each<[name: string, operations: string[], kind: VerdictKind]>([
    ["a register that holds 0 at first", [operation(0, '{"Op":true,"Value":0}', "0", 0)], "valid"],
    [
      "a register",
      [operation(0, '{"op":false,"value":3}', "0", 0), operation(1, '{"op":true,"value":0}', "0", 10)],
      "invalid",
    ],
    [
      "a CAS that compared",
      [
        operation(0, '{"op":1,"arg1":3,"arg2":0}', "{}", 0),
        operation(1, '{"op":2,"arg1":3,"arg2":4}', '{"ok":false}', 10),
      ],
      "invalid",
    ],
    [
      "a CAS register",
      [
        operation(0, '{"op":1,"arg1":3,"arg2":0}', "{}", 0),
        operation(1, '{"op":2,"arg1":3,"arg2":4}', '{"ok":true}', 10),
        operation(0, '{"op":0,"arg1":0,"arg2":0}', '{"exists":true,"value":4}', 20),
      ],
      "valid",
    ],
    [
      "a map of strings",
      [
        operation(0, '{"op":1,"key":"a","value":"x"}', "{}", 0),
        operation(0, '{"op":2,"key":"a","value":"y"}', "{}", 10),
        operation(1, '{"op":0,"key":"a","value":""}', '{"value":"xy"}', 20),
      ],
      "valid",
    ],
    [
      "an unknown answer",
      [
        operation(0, '{"op":1,"arg1":3,"arg2":0}', '{"unknown":true}', 0),
        operation(1, '{"op":0,"arg1":0,"arg2":0}', '{"exists":false}', 10),
      ],
      "valid",
    ],
  ])("of Porcupine: %s", async (_, operations, kind) => {
    expect(await verdict(`[${operations.join(",")}]`)).toBe(kind);
    expect(await verdict(operations.join("\n"))).toBe(kind);
  });
});

describe("Knossos' short vectors", () => {
  const rows = ["[70 :invoke :write 3]", "[70 :ok :write 3]", "[:a :invoke :read nil]", "[:a :ok :read 4]"];
  it.each([rows.join("\n"), `[${rows.join(" ")}]`, `(${rows.join(",")})`])(
    "are operations: %j",
    async (text) => {
      expect(await verdict(text)).toBe("invalid");
      expect(await verdict(text.replace("4]", "3]"))).toBe("valid");
    },
  );
});

describe("the model of a history", () => {
  it.each([
    [[...done("read", "nil", "[1 2]")], ["set"]],
    [[...done("add", "1"), ...done("read", "nil", "[1]")], ["set"]],
    [[...done("add", "1"), ...done("read", "nil", "1")], ["counter"]],
    [[...done("read", "nil", "7")], ["register"]],
    [[...done("write", "{:a 1}"), ...done("read", "nil", "{:a 1}")], ["register"]],
    [[...done("acquire", "nil", "nil")], ["mutex"]],
    [[...done("acquire", "nil", "7")], ["fenced-lock"]],
    [[...done("enqueue", "1"), ...done("dequeue", "nil", "1")], ["fifo-queue"]],
    [[...done("put", '"a"'), ...done("get", "nil", '"a"')], ["string-map"]],
    [[...done("put", "1"), ...done("get", "nil", "1")], ["kv"]],
    [[...done("txn", "[[:w :x 1]]")], ["multi-register"]],
    [[...done("frobnicate", "1")], []],
  ] as [Parameters<typeof edn>, string[]][])(
    "%# is recognised from operations and values",
    async (rows, expected) => {
      const source = textSource(edn(...rows), "file");
      const { history } = await detectFormat(source).read(source);
      expect(fittingModels(history)).toEqual(expected);
      for (const name of Object.keys(models)) {
        if (expected.includes(name)) expect(() => assertFits(name, history, "file")).not.toThrow();
      }
    },
  );
});
