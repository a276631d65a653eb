import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { type History, operations } from "../../core/history.ts";
import { textSource } from "./format.ts";
import { detectFormat, formats } from "./index.ts";

const recorded = join(import.meta.dirname, "../../../shared/histories");

async function parse(name: string, text: string): Promise<History> {
  const format = formats[name];
  if (format === undefined) throw new Error(`no format ${name}`);
  return (await format.read(textSource(text, "file"))).history;
}

const outcomes = (history: History) =>
  operations(history).map(({ call, outcome }) => ({
    ...call,
    is: outcome.type === "ok" ? (outcome.output.value ?? null) : outcome.error.message,
  }));

describe("jepsen-log", () => {
  const line = (rest: string) => `INFO  jepsen.util - ${rest}\n`;

  it("takes a failed CAS for an observation that the value differed, and a time-out for unknown", async () => {
    const text =
      line("1\t:invoke\t:cas\t[1 2]") +
      line("1\t:fail\t:cas\t[1 2]") +
      line("2\t:invoke\t:read\tnil") +
      line("2\t:fail\t:read\t:timed-out") +
      line("3\t:invoke\t:write\t4") +
      line("3\t:info\t:write\t:timed-out");
    const judged = operations(await parse("jepsen-log", text));
    expect(judged.map(({ outcome }) => outcome.type)).toEqual(["fail", "info", "info"]);
    expect(judged[0]?.outcome).toMatchObject({ error: { code: "mismatch", definite: true } });
  });

  it("lets a process go on after a time-out: its earlier operation stays open", async () => {
    const text =
      line("3\t:invoke\t:write\t4") +
      line("3\t:info\t:write\t:timed-out") +
      line("3\t:invoke\t:read\tnil") +
      line("3\t:ok\t:read\t4");
    expect(outcomes(await parse("jepsen-log", text))).toEqual([
      { f: "write", value: 4, is: "timeout" },
      { f: "read", is: 4 },
    ]);
  });
});

describe("knossos-edn", () => {
  it("reads a vector or a list of maps with comments, and passes over the nemesis", async () => {
    const text = `; a comment
      ({:process :nemesis, :type :info, :f :kill, :value nil}
       {:process 4, :type :invoke, :f :write, :value 2} ; another
       {:process 4, :type :ok, :f :write, :value 2})`;
    expect(outcomes(await parse("knossos-edn", text))).toEqual([{ f: "write", value: 2, is: 2 }]);
  });

  it("lets a read of nil say nothing", async () => {
    const text =
      "[{:process 1 :type :invoke :f :read :value nil} {:process 1 :type :ok :f :read :value nil}]";
    expect(outcomes(await parse("knossos-edn", text))).toEqual([{ f: "read", is: "nil-read" }]);
  });

  it("leaves reads of nil out of a transaction", async () => {
    const text = `[{:process 1 :type :invoke :f :txn :value [[:read :x nil] [:read :y nil] [:write :z 3]]}
      {:process 1 :type :ok :f :txn :value [[:read :x nil] [:read :y 2] [:write :z 3]]}]`;
    expect(outcomes(await parse("knossos-edn", text))).toEqual([
      {
        f: "txn",
        value: [
          ["read", "y", null],
          ["write", "z", 3],
        ],
        is: [
          ["read", "y", 2],
          ["write", "z", 3],
        ],
      },
    ]);
  });
});

describe("jepsen-edn", () => {
  it("splits independent keys, keeps times, and takes nil for an absent value", async () => {
    const text = `{:process 0, :type :invoke, :f :read, :value [7 nil], :time 10}
      #jepsen.history.Op{:process 0, :type :ok, :f :read, :value [7 nil], :time 20}
      {:process 1, :type :invoke, :f :cas, :value [7 [1 2]], :time 30}
      {:process 1, :type :info, :f :cas, :value [7 [1 2]], :time 40, :error :timeout}`;
    const history = await parse("jepsen-edn", text);
    expect(outcomes(history)).toEqual([
      { f: "read", key: "7", is: null },
      { f: "cas", key: "7", value: [1, 2], is: "timeout" },
    ]);
    expect(history.map(({ time }) => time)).toEqual([10, 20, 30, 40]);
  });

  it("does not take the [from to] of a CAS for a key and a value", async () => {
    const text = "{:process 1, :type :invoke, :f :cas, :value [1 2], :time 3}";
    expect(outcomes(await parse("jepsen-edn", text))).toMatchObject([{ f: "cas", value: [1, 2] }]);
  });
});

describe("json", () => {
  it("takes intervals as closed: a call at the time of a return is concurrent with it", async () => {
    const text = JSON.stringify([
      { f: "write", value: 1, call: 0, return: 10 },
      { f: "read", result: 1, call: 10, return: 20 },
      { f: "write", value: 2, call: 5 },
    ]);
    const [first, second, third] = operations(await parse("json", text)).toSorted(
      (a, b) => a.process - b.process,
    );
    expect((second?.callIndex ?? 0) < (first?.returnIndex ?? 0)).toBe(true);
    expect(third?.returnIndex).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("an empty history", () => {
  it.each(Object.keys(formats))("%s: a file that holds nothing has no operations", async (format) => {
    for (const text of ["", " \n\n"]) expect(await parse(format, text)).toEqual([]);
  });

  it.each(["json", "jepsen-edn", "knossos-edn"])("%s: an empty list has no operations", async (format) => {
    expect(await parse(format, "[]\n")).toEqual([]);
  });
});

describe("malformed input", () => {
  const cases: [format: string, text: string, message: RegExp][] = [
    ["knossos-edn", "[{:process 1 :type :invoke\n :f :read", /^file:1: expected a "}"/],
    [
      "knossos-edn",
      "[{:process 1 :type :ok :f :read :value 1}]",
      /^file:1: expected an invocation of process 1/,
    ],
    ["knossos-edn", "\n\n{:process 1 :type :maybe :f :read :value 1}", /^file:3: expected :type/],
    ["knossos-edn", "[1 2]", /expected an operation map/],
    [
      "jepsen-edn",
      "{:process 1 :type :invoke :f :cas :value 3 :time 1}",
      /^file:1: expected a CAS' value \[from to\], got 3/,
    ],
    [
      "knossos-edn",
      "{:process 1 :type :invoke :f :write :value 1}\n{:process 1 :type :ok :f :read :value 1}",
      /^file:2: expected the answer of process 1 to its write, got read/,
    ],
    [
      "jepsen-log",
      "INFO  jepsen.util - 3\t:invoke\t:write\t4\nINFO  jepsen.util - 3\t:info\t:cas\t:timed-out",
      /^file:2: expected the answer of process 3 to its write, got cas/,
    ],
    [
      "jepsen-edn",
      "{:process 1 :type :invoke :f :write :value 1 :time 1}\n{:process 1 :type :invoke :f :read :value nil :time 2}",
      /^file:2: expected an answer to the write of process 1 before it invokes again, got read/,
    ],
    ["json", '[{"f":"read","call":2,"type":"ok"}]', /^file:1: expected a time as "return"/],
    [
      "json",
      '{"f":"read","call":1}\n{"f":"read","call":2,"return":null,"type":"ok"}',
      /^file:2: expected a time as "return"/,
    ],
    [
      "jepsen-log",
      "INFO  jepsen.util - 3\t:invoke\t:write\t4\nINFO  jepsen.util - 3\t:wat\t:write\t4",
      /^file:2: expected INFO/,
    ],
    ["jepsen-log", "INFO  jepsen.util - 3\t:invoke\t:write\tfour", /^file:1: expected nil, a number or/],
    ["json", '[{"f":"read"}]', /^file:1: expected "call" to be a number, got nothing/],
    [
      "json",
      '[{"f":"read","call":2,"return":1}]',
      /expected a return that is not before the call, got 1 after 2/,
    ],
    ["json", '[\n{"f":\n}]', /^file:\d: expected JSON/],
    ["jsonl", '\n{"index":0,"ti', /^file:2: expected one JSON object a line, got {"index":0,"ti$/],
    [
      "jsonl",
      '{"index":0}\n{"index":1}\n',
      /^file:1: expected "process" to be a whole number or a name, got nothing/,
    ],
  ];
  it.each(cases)("%s: %j is a usage error that names the place", async (format, text, message) => {
    await expect(parse(format, text)).rejects.toThrow(UsageError);
    await expect(parse(format, text)).rejects.toThrow(message);
  });

  it("is refused with the names of all formats if it looks like none", () => {
    expect(() => detectFormat(textSource("hello", "notes.txt"))).toThrow(
      /notes.txt: looks like none of porcupine-json, json, json-events, jsonl, jepsen-log/,
    );
  });
});

describe.skipIf(!existsSync(recorded))(
  "recorded histories (../shared/histories; skipped where absent)",
  async () => {
    const folders: [folder: string, format: string][] = [
      ["jepsen-etcd-logs", "jepsen-log"],
      ["kv", "porcupine-kv"],
      ["knossos/cas-register/good", "knossos-edn"],
      ["knossos/multi-register/good", "jepsen-edn"],
    ];
    it.each(folders)("every history in %s is read as %s", async (folder, format) => {
      const files = readdirSync(join(recorded, folder)).filter((name) => !name.endsWith(".tsv"));
      let read = 0;
      for (const name of files) {
        const text = readFileSync(join(recorded, folder, name), "utf8");
        expect(detectFormat(textSource(text, name)).name, name).toBe(format);
        read += operations(await parse(format, text)).length;
      }
      expect(read).toBeGreaterThan(100);
    });
  },
);
