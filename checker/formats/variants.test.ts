import { describe, expect, it } from "vitest";
import { UsageError } from "../../core/errors.ts";
import { operations } from "../../core/history.ts";
import type { Json } from "../../core/op.ts";
import { ednToJson } from "./edn/edn.ts";
import { readEdn } from "./edn/read-edn.ts";
import { textSource } from "./format.ts";
import { detectFormat } from "./index.ts";

/** Summary of a text in the format `name`, or the recognised one: `write 4 ok; read ?`. */
async function summaryOf(text: string, name?: string): Promise<string> {
  const source = textSource(text, "file");
  const format = detectFormat(source);
  if (name !== undefined) expect(format.name).toBe(name);
  const { history } = await format.read(source);
  return operations(history)
    .map(({ call: { f, key, value }, outcome }) => {
      const answer = outcome.type === "ok" ? JSON.stringify(outcome.output.value ?? null) : "";
      const error = outcome.type === "ok" ? "" : ` ${outcome.error.message}`;
      const result = f === "read" || f === "get" || f === "txn" ? answer : "";
      return [key, f, value === undefined ? "" : JSON.stringify(value), outcome.type + error, result]
        .filter((word) => word !== undefined && word !== "")
        .join(" ");
    })
    .join("; ");
}

const edn = (text: string): Json[] => readEdn(text, "file").map(({ form }) => ednToJson(form));

describe("EDN", () => {
  const cases: [text: string, value: unknown][] = [
    ["5N -3 +4 1.5M 2e3", [5, -3, 4, 1.5, 2000]],
    ["9007199254740993N 9007199254740992", ["9007199254740993", 9007199254740992]],
    ["1/3 ##Inf ##NaN", ["1/3", "##Inf", "##NaN"]],
    ["[\\a \\newline \\( \\u0041 \\\\]", [["a", "\n", "(", "A", "\\"]]],
    ['"a\\n\\"b\\u00e9" #"\\d+"', ['a\n"b\u00e9', "\\d+"]],
    ["^{:line 3} [1 2] ^:private :a", [[1, 2], "a"]],
    ['#inst "2020-01-01" #:jepsen{:a 1} #{1 2}', ["2020-01-01", { a: 1 }, [1, 2]]],
    ["#_#_ 1 2 3 [4 #_5] {:a #_ 1 2}", [3, [4], { a: 2 }]],
    ['{:a/b {"c" {3 nil}} :d, true}', [{ "a/b": { c: { 3: null } }, d: true }]],
    [
      '#object[java.lang.Object 0x1f "x"] (1 (2))',
      [
        ["java.lang.Object", 31, "x"],
        [1, [2]],
      ],
    ],
  ];
  it.each(cases)("%s", (text, value) => {
    expect(edn(text)).toEqual(value);
  });

  it.each([
    ["[1\n2\n", /^file:1: expected a "\]"/],
    ["\n\\", /^file:2: expected a character/],
    ["1x", /^file:1: expected a number, got 1x/],
    ['\n#"a', /^file:2: expected a '"' that ends the pattern/],
    ["{:a}", /^file:1: expected a map with a value for each key/],
    ["\\nothing", /^file:1: expected a character, got \\nothing/],
  ])("%j is malformed", (text, message) => {
    expect(() => edn(text)).toThrow(UsageError);
    expect(() => edn(text)).toThrow(message);
  });
});

describe("an EDN history", () => {
  const write = "{:process 0 :type :invoke :f :write :value 4}\n{:process 0 :type :ok :f :write :value 4}\n";
  const variants: [name: string, text: string][] = [
    ["of a byte order mark and a carriage return", `\uFEFF${write.replaceAll("\n", "\r\n")}\r\n\r\n`],
    ["of comments and discarded forms", `; it begins\n#_{:process 9}\n[${write} #_ {:process 1} ; ends\n]\n`],
    ["of records", write.replaceAll("{", "#jepsen.history.Op{:index 3, :node nil, ")],
    ["of Knossos' records", `(${write.replaceAll("{", "#knossos.op.Op{")})`],
    ["of words instead of keywords", write.replaceAll(/:(invoke|ok|write)/g, '"$1"')],
    ["of named processes", write.replaceAll(":process 0", ':process "client-1"')],
    ["of the nemesis", `{:process :nemesis :type :info :f :start :value {:n1 #{"n2"}}}\n${write}`],
    ["of an outcome without a call", `{:process 3 :type :info :f :write :value 1}\n${write}`],
  ];
  it.each(variants)("is read in spite %s", async (_, text) => {
    expect(await summaryOf(text, "knossos-edn")).toBe("write 4 ok");
  });

  it("takes what is asked of [key value] for keys, whatever the answers hold", async () => {
    const text = `{:process 0 :type :invoke :f :read :value #jepsen.independent.Tuple ["x" nil]}
      {:process 0 :type :fail :f :read :value :no-leader}
      {:process 1 :type :invoke :f :cas :value [:x [1 2]]} {:process 1 :type :info :f :cas :value nil :error [:timeout]}
      {:process 2 :type :invoke :f :write :value [:y 3]} {:process 2 :type :ok :f :write :value [:y 3]}`;
    expect(await summaryOf(text)).toBe("x read fail failed; x cas [1,2] info unknown; y write 3 ok");
  });

  it("takes two reads and writes of a transaction for no key", async () => {
    const text = `{:process 0 :type :invoke :f :txn :value [[:r :x nil] [:w :y 2]] :time 1}
      {:process 0 :type :ok :f :txn :value [[:r :x 1] [:w :y 2]] :time 2}
      {:process 0 :type :invoke :f :txn :value [[:r :x nil] [:w :y 2]] :time 1}
      {:process 0 :type :info :f :txn :value nil :error :timeout :time 2}`;
    const asked = 'txn [["r","x",null],["w","y",2]]';
    expect(await summaryOf(text, "jepsen-edn")).toBe(
      `${asked} ok [["r","x",1],["w","y",2]]; ${asked} info timeout`,
    );
  });

  it("forgets what the call of a read says of its value, and what failed operations hold", async () => {
    const text = `{:process 0 :type :invoke :f :read :value 9} {:process 0 :type :ok :f :read :value 4}
      {:process 0 :type :invoke :f :cas :value [4 5]} {:process 0 :type :fail :f :cas :value :did-not-match}`;
    expect(await summaryOf(text)).toBe("read ok 4; cas [4,5] fail failed");
  });

  it("names the line of what is not an operation, within a vector too", async () => {
    await expect(summaryOf(`[${write}\n 17]`)).rejects.toThrow(
      /^file:4: expected an operation map .*, got 17/,
    );
    await expect(summaryOf(`${write}{:process 0 :type :invoke :f`)).rejects.toThrow(
      /^file:3: expected a "}"/,
    );
    await expect(summaryOf("{:type :invoke :f :read :process nil}")).rejects.toThrow(
      /^file:1: expected a :process, got null/,
    );
  });

  it("keeps times apart that a number cannot hold, counted from the first", async () => {
    const times = ["1600000000123456789N", "1600000000123456790"];
    const text = write.replaceAll("}", () => ` :time ${times.shift()}}`);
    const { history } = await detectFormat(textSource(text, "file")).read(textSource(text, "file"));
    expect(history.map(({ time }) => time)).toEqual([0, 1]);
  });
});

describe("a log of Jepsen", () => {
  const events = [
    "0\t:invoke\t:write\t4",
    "0\t:ok\t:write\t4",
    "1\t:invoke\t:cas\t[4 5]",
    "1\t:fail\t:cas\t[4 5]",
  ];
  const prefixes: [name: string, prefix: string, failed: string][] = [
    ["the logger of 2014: a failed CAS compared", "INFO  jepsen.util - ", "mismatch"],
    ["a later logger", "2020-05-04 11:07:08,123{GMT}\tINFO\t[jepsen worker 3] jepsen.util: ", "failed"],
    ["a console", "INFO [2020-05-04 11:07:08,123] jepsen worker 3 - jepsen.util ", "failed"],
    ["a logger of somebody's own", "INFO [clojure-agent-7] my.register-test - ", "failed"],
    ["nobody: Jepsen's history.txt", "", "failed"],
  ];
  it.each(prefixes)("is read with the lines of %s", async (_, prefix, failed) => {
    const lines = ["INFO  jepsen.core - Worker 0 starting", "", ...events.map((event) => prefix + event)];
    const text = `${lines.join("\r\n")}\r\n\r\n`;
    expect(await summaryOf(text, "jepsen-log")).toBe(`write 4 ok; cas [4,5] fail ${failed}`);
  });

  it("passes over the nemesis and stack traces, and takes an error after the value for no observation", async () => {
    const text = `INFO  jepsen.util - :nemesis	:info	:start	nil
java.net.SocketTimeoutException: Read timed out
	at java.net.SocketInputStream.read(SocketInputStream.java:150)
INFO  jepsen.util - 1	:invoke	:cas	[4 5]
INFO  jepsen.util - 1	:fail	:cas	[4 5]	:connection-refused
INFO  jepsen.util - 2	:invoke	:write	5
INFO  jepsen.util - 2	:info	:write	5	:timed-out
`;
    expect(await summaryOf(text, "jepsen-log")).toBe("cas [4,5] fail failed; write 5 info timeout");
  });

  it.each([
    "INFO  jepsen.util - 1\t:ok\t:read\t",
    "INFO  jepsen.util - 1\t:ok\t:re",
    "1\t:ok",
    "what is this",
  ])("does not guess what a cut line %j said", async (last) => {
    const text = `INFO  jepsen.util - 1\t:invoke\t:read\tnil\n${last}`;
    await expect(summaryOf(text)).rejects.toThrow(
      /^file:2: expected INFO jepsen.util - PROCESS :TYPE :F VALUE/,
    );
  });
});

describe("operations in JSON", () => {
  const rows = [
    { process: 3, f: "write", key: "x", value: 1, call: 0, return: 10 },
    { process: 3, f: "read", key: "x", result: 1, call: 20, return: 30 },
    { process: 3, f: "read", key: "x", result: 1, call: 25, return: 40 },
  ];

  it("are read one a line, too, and keep their processes where these do one thing at a time", async () => {
    const text = `\uFEFF${rows.map((row) => JSON.stringify(row)).join("\r\n")}\r\n`;
    expect(await summaryOf(text, "json")).toBe("x write 1 ok; x read ok 1; x read ok 1");
    const read = operations(
      (await detectFormat(textSource(text, "file")).read(textSource(text, "file"))).history,
    );
    expect(read.map(({ process }) => process)).toEqual([3, 3, 1_000_000_000]);
  });

  it("are malformed on the line where they stand", async () => {
    const pretty = JSON.stringify([rows[0], { f: "read" }], null, 2);
    await expect(summaryOf(pretty)).rejects.toThrow(/^file:10: expected "call" to be a number, got nothing/);
    await expect(summaryOf(`${JSON.stringify(rows[0])}\n{"f": `)).rejects.toThrow(/^file:2: expected JSON/);
  });
});
