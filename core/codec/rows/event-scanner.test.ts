import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson } from "../exact-json.ts";
import { odd } from "./event-rows.ts";
import { EventScanner } from "./event-scanner.ts";

const encoder = new TextEncoder();

/** What the scanner makes of a file that comes in chunks: an event, or the text of a line that it does not know. */
function scanned(text: string, cuts: readonly number[] = []) {
  const bytes = encoder.encode(text);
  const scanner = new EventScanner(["process", "f"]);
  const lines: { line: number; event?: unknown; text?: string }[] = [];
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let from = 0;
  for (const to of places) {
    const rows = scanner.push(bytes.subarray(from, to));
    from = to;
    for (let row = 0; row < rows.size; row++) {
      const line = rows.line[row] as number;
      if (rows.type[row] === odd) lines.push({ line, text: rows.text(row) });
      else lines.push({ line, event: rows.clientEvent(row) });
    }
  }
  return { lines, rest: scanner.end(), line: scanner.line };
}

const number = fc.oneof(
  fc.nat(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.nat(), fc.nat({ max: 999 })).map(([whole, part]) => Number(`${whole}.${part}`)),
);
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("r1", "", "n1", '"', "\\", "\u007f", "é"),
);
const value = fc.oneof(fc.jsonValue(), number, text, fc.tuple(number, number), fc.constant([null, 4]));
const event = fc.record(
  {
    index: fc.nat(),
    time: fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs)),
    type: fc.constantFrom("invoke", "ok", "fail", "info"),
    process: fc.integer(),
    f: fc.constantFrom("read", "write", "cas"),
    key: text,
    value,
    mode: text,
    node: text,
    revision: number,
    modRevision: number,
    intended: number,
    error: text,
    message: text,
  },
  { requiredKeys: ["type", "process", "f"] },
);
/** JSON as various writers lay it out. */
const layouts: readonly ((event: object) => string)[] = [
  (event) => JSON.stringify(event),
  (event) => ` ${JSON.stringify(event).replaceAll('":', '" :\t')} `,
  (event) => `${JSON.stringify(event)}\r`,
  (event) => JSON.stringify(event, Object.keys(event).reverse()),
];
const plain = { type: "invoke", process: 3, f: "read" };

describe("the scanner of events", () => {
  it("reads what JSON.parse reads, or leaves the line to it, however the file is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat({ max: 3 }))), fc.array(fc.nat()), (events, cuts) => {
        const lines = events.map(([each, layout]) => layouts[layout]?.(each) ?? "");
        const found = scanned(lines.map((each) => `${each}\n`).join(""), cuts);
        expect(found.rest).toBe("");
        expect(found.lines.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 1));
        for (const [i, { event: read, text: left }] of found.lines.entries()) {
          if (read === undefined) expect(left).toBe(lines[i]);
          else expect(withoutMissing(read)).toEqual(parseExactJson(lines[i] ?? ""));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("knows the lines that make up long histories", () => {
    const lines = [
      '{"index":7,"time":1234567890123,"type":"invoke","process":12,"f":"cas","key":"r1","value":[41,42],"node":"n2","intended":1234567890000}',
      '{"index":8,"time":1.5,"type":"ok","process":-1,"f":"read","key":"k\\u0041é","value":null,"revision":17,"modRevision":16}',
      '{ "process": 0, "type": "fail", "f": "write", "value": "x\\n", "error": "timeout", "message": "late \\"1\\"" }\r',
      '{"type":"info","process":0,"f":"write","value":true}',
      '{"type":"info","process":0,"f":"write","value":-0.25,"mode":"stale"}',
    ];
    const found = scanned(lines.map((each) => `${each}\n`).join(""));
    expect(found.lines.map(({ event: read }) => withoutMissing(read))).toEqual(
      lines.map((each) => JSON.parse(each)),
    );
  });

  it.each([
    ["a number of 16 digits", '{"type":"ok","process":1,"f":"read","value":9223372036854775807}'],
    ["a number with an exponent", '{"type":"ok","process":1,"f":"read","value":1e3}'],
    ["a number that begins with 0", '{"type":"ok","process":1,"f":"read","value":07}'],
    ["a number that ends with its point", '{"type":"ok","process":1,"f":"read","value":7.}'],
    ["-0", '{"type":"ok","process":1,"f":"read","value":-0}'],
    ["a process beyond 32 bits", '{"type":"ok","process":4294967296,"f":"read"}'],
    ["a process with a name", '{"type":"ok","process":"a","f":"read"}'],
    ["a nemesis", '{"type":"info","process":"nemesis","f":"phase","value":"main"}'],
    ["a notice", '{"type":"notice","process":1,"f":"put","of":1}'],
    ["an unknown member", '{"type":"ok","process":1,"f":"read","output":1}'],
    ["a member twice", '{"type":"ok","process":1,"f":"read","f":"write"}'],
    ["an unknown type", '{"type":"okay","process":1,"f":"read"}'],
    ["the name of a member for a type", '{"type":"index","process":1,"f":"read"}'],
    ["no type", '{"process":1,"f":"read"}'],
    ["no f", '{"process":1,"type":"ok"}'],
    ["an empty f", '{"process":1,"type":"ok","f":""}'],
    ["an index below 0", '{"index":-1,"type":"ok","process":1,"f":"read"}'],
    ["a list of three", '{"type":"ok","process":1,"f":"read","value":[1,2,3]}'],
    ["a list of one", '{"type":"ok","process":1,"f":"read","value":[1]}'],
    ["a word that is none", '{"type":"ok","process":1,"f":"read","value":nul}'],
    ["a bad escape", '{"type":"ok","process":1,"f":"read","key":"\\x"}'],
    ["a bad escape of four", '{"type":"ok","process":1,"f":"read","key":"\\u12"}'],
    ["a tab inside a string", '{"type":"ok","process":1,"f":"read","key":"a\tb"}'],
    ["a string without its end", '{"type":"ok","process":1,"f":"read'],
    ["a string that ends with a backslash", '{"type":"ok","process":1,"f":"read\\'],
    ["no end of the object", '{"type":"ok","process":1,"f":"read"'],
    ["a comma at the end", '{"type":"ok","process":1,"f":"read",}'],
    ["something after the object", '{"type":"ok","process":1,"f":"read"} x'],
    ["two objects", '{"type":"ok","process":1,"f":"read"}{}'],
    ["no object", "[1]"],
    ["an empty object", "{}"],
    ["a member without a value", '{"type":"ok","process":1,"f":'],
    ["no colon", '{"type" "ok","process":1,"f":"read"}'],
  ])("leaves a line with %s as it is, and reads the next one", (_, line) => {
    const found = scanned(`${line}\n${JSON.stringify(plain)}\n`);
    expect(found.lines[0]).toEqual({ line: 1, text: line });
    expect(withoutMissing(found.lines[1]?.event)).toEqual(plain);
  });

  it("counts blank lines, and gives back a last line that has no end", () => {
    const found = scanned(`\n \r\n${JSON.stringify(plain)}\n\n{"typ`, [1, 2, 3, 9]);
    expect(found.lines.map(({ line }) => line)).toEqual([3]);
    expect(found).toMatchObject({ rest: '{"typ', line: 5 });
  });

  it("keeps thousands of different strings apart", () => {
    const events = Array.from({ length: 3000 }, (_, i) => ({
      ...plain,
      key: `k${i}`,
      value: `v${i % 1500}`,
    }));
    const found = scanned(events.map((each) => `${JSON.stringify(each)}\n`).join(""));
    expect(found.lines.map(({ event: read }) => withoutMissing(read))).toEqual(events);
  });
});

/** Without the members that the line does not have. */
function withoutMissing(read: unknown): unknown {
  const { index, time, ...others } = read as { index: number; time: number };
  const [hasIndex, hasTime] = [index !== -1, !Number.isNaN(time)];
  return JSON.parse(JSON.stringify({ ...(hasIndex && { index }), ...(hasTime && { time }), ...others }));
}
