import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textSource } from "../format.ts";
import { readJsonEvents } from "./events.ts";

const value = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "binary" }),
  fc.constantFrom(null, true, [1, 2], [1, null], { a: 1 }),
);
const about = fc.record(
  {
    time: fc.oneof(fc.nat(), fc.constant(1.25)),
    index: fc.nat(),
    key: fc.oneof(fc.string(), fc.nat()),
    node: fc.constantFrom("n1", "n2"),
    revision: fc.nat(),
    modRevision: fc.nat(),
    intended: fc.nat(),
    mode: fc.constantFrom("stale"),
    message: fc.string(),
  },
  { requiredKeys: [] },
);
const operation = fc.record({
  f: fc.constantFrom("read", "write", "cas"),
  type: fc.constantFrom("ok", "fail", "info"),
  asked: value,
  answered: fc.option(value, { nil: undefined }),
  error: fc.option(fc.oneof(fc.string(), fc.constantFrom("mismatch", "timeout")), { nil: undefined }),
  call: about,
  answer: about,
  hasKey: fc.boolean(),
});

/** Invocations and answers of one process after the other, as objects with the members of JSON. */
const events = fc.array(operation).map((operations) =>
  operations.flatMap(({ f, type, asked, answered, error, call, answer, hasKey }, process) => {
    const argument = f === "cas" ? [1, 2] : asked;
    const { key: _, ...own } = answer;
    const said = f === "read" ? answered : argument;
    return [
      { type: "invoke", process, f, value: argument, ...call },
      { type, process, f, value: said, error, ...own, ...(hasKey && { key: call.key }) },
    ];
  }),
);

const read = (text: string) => readJsonEvents(textSource(text, "h.json"));

describe("events in JSON, one a line", () => {
  it("are read as the same events in an array", async () => {
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        const lines = all.map((event) => JSON.stringify(event));
        const [inLines, inArray] = [
          await read(`${lines.join("\n")}\n`),
          await read(`[${lines.join(",\n")}]`),
        ];
        expect(inLines).toEqual(inArray);
      }),
    );
  });

  it("are refused for the same mistake, on the line on which it is", async () => {
    const good = '{"type":"invoke","process":1,"f":"read"}';
    const bad: readonly (readonly [string, string])[] = [
      [
        '{"type":"ok","process":1,"f":"write"}',
        "h.json:3: expected the answer of process 1 to its read, got write",
      ],
      [good, "h.json:3: expected an answer to the read of process 1 before it invokes again, got read"],
      [
        '{"type":"ok","process":2,"f":"read"}',
        "h.json:3: expected an invocation of process 2 before its answer",
      ],
      [
        '{"type":"ok","process":1.5,"f":"read"}',
        'h.json:3: expected "process" to be a whole number or a name, got 1.5',
      ],
      ['{"type":"ok","process":1,"f":""}', 'h.json:3: expected "f" to be a string, got ""'],
      [
        '{"type":"okay","process":1,"f":"read"}',
        'h.json:3: expected "type" to be one of invoke, ok, fail, info, got "okay"',
      ],
      ['{"type":"ok","process":1,"f":"read"', "h.json:3: expected JSON"],
      ["[]", "h.json:3: expected an object {…}, got []"],
    ];
    for (const [line, message] of bad)
      await expect(read(`${good}\n\n${line}\r\n${good}\n`)).rejects.toThrow(message);
  });
});
