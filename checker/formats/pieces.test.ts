import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { History } from "../../core/history.ts";
import { type Format, type ReadHistory, type Source, textSource } from "./format.ts";
import { formats } from "./index.ts";

/** One operation on a register after another, each by a process of its own. */
interface Step {
  readonly process: number;
  readonly f: "read" | "write" | "cas";
  readonly key: string;
  readonly value: number | string;
  readonly to: number | string;
  readonly type: "ok" | "info";
}

/** Numbers of any size by their digits: what reads them must not round them. */
const anyValue = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.constantFrom("9007199254740993", "9223372036854775807"),
);
const anyKey = fc.oneof(
  fc.constantFrom("x", "y"),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
);
const anyHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    process: fc.nat(5),
    f: fc.constantFrom("read", "write", "cas"),
    key: anyKey,
    value: anyValue,
    to: anyValue,
    type: fc.constantFrom("ok", "info"),
  }),
  { maxLength: 12 },
);

/** A digit string stands for a number: it is written without quotes. */
const number = (value: number | string): string => String(value);
const argument = ({ f, value, to }: Step) =>
  f === "cas" ? `[${number(value)},${number(to)}]` : number(value);
/** JSON's escapes are EDN's, but for the control characters that JSON writes as \u. */
const text = (value: string) => JSON.stringify(value);

const event = (step: Step, i: number, type: string) => {
  const value = step.f !== "read" || type === "ok" ? argument(step) : "null";
  return { ...step, type, at: i, value };
};
const eventsOf = (steps: readonly Step[]) =>
  steps.flatMap((step, i) => {
    const own = { ...step, process: i };
    return [event(own, 2 * i, "invoke"), event(own, 2 * i + 1, step.type)];
  });

type Writer = (steps: readonly Step[]) => string;
const jsonEvent = ({ process, type, f, key, value, at }: ReturnType<typeof event>, index: string) =>
  `{${index}"time":${at},"type":"${type}","process":${process},"f":"${f}","key":${text(key)},"value":${value}${type === "info" ? ',"error":"unknown"' : ""}}`;
const ednEvent = ({ process, type, f, key, value, at }: ReturnType<typeof event>) =>
  `{:process ${process}, :type :${type}, :f :${f}, :value [${text(key)} ${value.replace("null", "nil").replace(",", " ")}], :time ${at}}`;

const writers: [name: string, write: Writer][] = [
  [
    "jsonl",
    (steps) =>
      eventsOf(steps)
        .map((each) => `${jsonEvent(each, `"index":${each.at},`)}\n`)
        .join(""),
  ],
  [
    "json-events",
    (steps) =>
      `[${eventsOf(steps)
        .map((each) => jsonEvent(each, ""))
        .join("\r\n,")}]`,
  ],
  [
    "json-events",
    (steps) =>
      eventsOf(steps)
        .map((each) => jsonEvent(each, ""))
        .join("\r\n"),
  ],
  ["jepsen-edn", (steps) => `[${eventsOf(steps).map(ednEvent).join("\r\n ; so on\n")}]`],
  [
    "jepsen-edn",
    (steps) =>
      eventsOf(steps)
        .map((each) => `#jepsen.history.Op${ednEvent(each)}`)
        .join("\n#_ {:a 1} "),
  ],
  [
    "json",
    (steps) =>
      `[${steps
        .map((step, i) => {
          const asked = step.f === "read" ? "" : `"value":${argument(step)},`;
          const answered = step.f === "read" ? `"result":${argument(step)},` : "";
          const end = step.type === "ok" ? `${answered}"type":"ok"` : '"type":"info","error":"unknown"';
          return `{"process":${i},"f":"${step.f}","key":${text(step.key)},${asked}"call":${2 * i},"return":${2 * i + 1},${end}}`;
        })
        .join(",\n")}]`,
  ],
];

/** What is the same whoever wrote it: not what a write's answer repeats. */
const essence = (history: History) =>
  history.map((event) => {
    if (event.process === "nemesis") return event;
    const { type, process, f, key, time, value } = event;
    return {
      type,
      process,
      f,
      key,
      time,
      value: type === "ok" && f !== "read" ? undefined : (value ?? undefined),
    };
  });

const read = (name: string, source: Source): Promise<ReadHistory> => (formats[name] as Format).read(source);

const cutAt = (whole: string, cuts: readonly number[]): Source => ({
  ...textSource(whole, "file"),
  async *pieces() {
    const places = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
    let from = 0;
    for (const to of [...places, whole.length]) {
      yield whole.slice(from, to);
      from = to;
    }
  },
});

describe("the same history", () => {
  it("reads back the same, whatever form it was written in", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async (steps) => {
        const [first, ...others] = await Promise.all(
          writers.map(async ([name, write]) =>
            essence((await read(name, textSource(write(steps), "file"))).history),
          ),
        );
        for (const other of others) expect(other).toEqual(first);
        expect(first).toHaveLength(2 * steps.length);
      }),
    );
  });

  it.each(writers)("%s reads the same from pieces, however they are cut", async (name, write) => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.array(fc.nat()), fc.boolean(), async (steps, cuts, hasMark) => {
        const whole = (hasMark ? "\uFEFF" : "") + write(steps);
        expect(await read(name, cutAt(whole, cuts))).toEqual(await read(name, textSource(whole, "file")));
      }),
    );
  });

  it.each<[name: string, text: string]>([
    [
      "jepsen-edn",
      '^{:a [1]} [#_#_ 1 "\\"]" ; ] {\r\n {:process 0 :type :invoke :f :write :value ["\u{1F980}\\u00e9\\\\" \\]] :time 12345}\r\n#a/b {:process 0, :type :ok, :f :write, :value nil :time 23456}]\r\n',
    ],
    [
      "knossos-edn",
      '([0 :invoke :write "a\\nb"],\n [0 :ok :write "a\\nb"] #"\\"" )'.replace(' #"\\""', ' #_ #"\\""'),
    ],
    [
      "jepsen-log",
      'INFO  jepsen.util - 0\t:invoke\t:write\t[1 "\u{1F980}"]\r\njepsen.core: and\r\n0\t:ok\t:write\t[1 "\u{1F980}"]',
    ],
    [
      "porcupine-json",
      '\n[ {"ClientId" : 1 , "Input":{"op":1,"key":"\u{1F980}\\"]}","value":"\\\\"},"Call":1,"Output":{},"Return":2e0} ]\n',
    ],
    [
      "jsonl",
      `${encodeEvent({ index: 0, time: 0, type: "invoke", process: 0, f: "read", key: "\u{1F980}" } as never)}\r\n{"index":1,"ti`,
    ],
  ])("%s: cut at every place, and into single characters", async (name, whole) => {
    const expected = await read(name, textSource(whole, "file"));
    for (let cut = 0; cut <= whole.length; cut++)
      expect(await read(name, cutAt(whole, [cut])), `${cut}`).toEqual(expected);
    const everywhere = Array.from({ length: whole.length }, (_, i) => i);
    expect(await read(name, cutAt(whole, everywhere))).toEqual(expected);
    expect(expected.history.length).toBeGreaterThan(0);
  });

  it.each<[name: string, text: string]>([
    ["jepsen-edn", "[{:process 0 :type :invoke\n :f :write :value 1} {:process 0\n"],
    [
      "jepsen-edn",
      "{:process 0 :type :invoke :f :write :value 1}\n\n{:process 0 :type :ok :f :write :value 2}",
    ],
    ["jepsen-edn", "[]\n\n]"],
    ["json", '[{"f":"read",\n"call":1}\n,\n{"f":"read"}]'],
    ["json", '[{"f":"read","call":1}] {}'],
    ["json", '[{"f":"read","call":1},]'],
    ["json", '[{"f":"read","call":1}'],
    ["json", '[}[{"f":"read","call":1}]'],
    ["jepsen-log", "0 :invoke :read nil\n0 :ok"],
  ])("%s: %j is refused with the same message, however it is cut", async (name, whole) => {
    const message = async (source: Source) => {
      try {
        return JSON.stringify(await read(name, source));
      } catch (reason) {
        return (reason as Error).message;
      }
    };
    const expected = await message(textSource(whole, "file"));
    expect(expected).toMatch(/^file:\d+: expected /);
    for (let cut = 0; cut <= whole.length; cut++)
      expect(await message(cutAt(whole, [cut])), `${cut}`).toBe(expected);
  });
});
