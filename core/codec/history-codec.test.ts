import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../errors.ts";
import type { HistoryEvent } from "../history.ts";
import { nodeId } from "../op.ts";
import { nanos } from "../time.ts";
import { decodeHistory, encodeEvent, HistoryDecoder, isTruncated } from "./history-codec.ts";

const time = fc.nat().map(nanos);
/** JSON writes -0 as 0. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
const optional = { requiredKeys: ["index", "time", "type", "process", "f"] } as const;
const clientEvent = fc.record(
  {
    index: fc.nat(),
    time,
    type: fc.constantFrom("invoke", "ok", "fail", "info"),
    process: fc.nat(),
    f: fc.constantFrom("read", "write", "cas"),
    key: fc.string({ unit: "binary" }),
    value: json,
    node: fc.constantFrom("n1", "n2").map(nodeId),
    revision: fc.nat(),
    modRevision: fc.nat(),
    intended: time,
    error: fc.constantFrom("timeout", "mismatch"),
    message: fc.string({ unit: "binary" }),
  },
  { requiredKeys: [...optional.requiredKeys] },
);
const harness = { index: fc.nat(), time, type: fc.constant("info"), process: fc.constant("nemesis") };
const node = fc.constantFrom("n1", "n2").map(nodeId);
const faultChange = fc.record(
  {
    state: fc.constantFrom("begin", "proven", "end"),
    id: fc.nat(),
    summary: fc.string(),
    nodes: fc.array(node),
    cut: fc.array(fc.tuple(node, node)),
    proof: fc.string(),
  },
  { requiredKeys: ["state", "id", "summary", "nodes"] },
);
const harnessEvent = fc.oneof(
  fc.record({
    ...harness,
    f: fc.constant("phase"),
    value: fc.constantFrom("main", "quiet", "ending", "final"),
  }),
  fc.record({ ...harness, f: fc.constant("leader"), value: fc.option(node) }),
  fc.record({ ...harness, f: fc.constant("fault"), name: fc.string({ minLength: 1 }), value: faultChange }),
);
/** Every client does one thing, so that whatever it does comes in turn. */
const anyHistory = fc
  .array(fc.oneof(clientEvent, harnessEvent))
  .map((events) =>
    events.map((event, process) =>
      event.process === "nemesis" ? event : { ...event, process, type: "invoke" },
    ),
  ) as fc.Arbitrary<HistoryEvent[]>;

const encode = (events: readonly HistoryEvent[]): string =>
  events.map((event) => `${encodeEvent(event)}\n`).join("");
const line = '{"index":0,"time":1,"type":"invoke","process":3,"f":"read","key":"r1"}';

const answer = (f: string, key: string) =>
  `{"index":1,"time":2,"type":"ok","process":3,"f":"${f}","key":"${key}"}`;

describe("the history's codec", () => {
  it("gives back what it was given, whatever keys and values hold", () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        expect(decodeHistory(encode(events))).toEqual(events);
      }),
    );
  });

  it("writes each event on a line of its own", () => {
    fc.assert(
      fc.property(clientEvent as fc.Arbitrary<HistoryEvent>, (event) => {
        expect(encodeEvent(event)).not.toContain("\n");
      }),
    );
  });

  it("loses nothing but a last line that was cut off", () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), (events, cut) => {
        const text = encode(events);
        const rest = text.slice(0, cut % (text.length + 1));
        const whole = rest.split("\n").length - 1;
        const decoded = decodeHistory(rest);
        expect(decoded.slice(0, whole)).toEqual(events.slice(0, whole));
        expect(decoded.length).toBeLessThanOrEqual(whole + 1);
      }),
    );
  });

  it("knows whether a last line was cut off", () => {
    expect(isTruncated(`${line}\n${line.slice(0, -1)}`)).toBe(true);
    expect(isTruncated(line.slice(0, 5))).toBe(true);
    for (const whole of ["", "\n", line, `${line}\n`, `${line}\n${line}`, `${line}\r\n \n`])
      expect(isTruncated(whole)).toBe(false);
  });

  it("reads notices of an invocation before them, by its index", () => {
    const watch = '{"index":7,"time":1,"type":"invoke","process":3,"f":"watch","key":"r1"}';
    const notice =
      '{"index":8,"time":2,"type":"notice","process":3,"node":"n1","f":"put","of":7,"value":2,"previous":1,"revision":9,"more":true}';
    expect(decodeHistory(`${watch}\n\n${notice}\n`)[1]).toEqual(JSON.parse(notice));
    for (const of of [6, 8, 9]) {
      const decode = () =>
        decodeHistory(`${watch}\n\n${notice.replace('"of":7', `"of":${of}`)}\n`, "h.jsonl");
      expect(decode).toThrow(UsageError);
      expect(decode).toThrow(
        `h.jsonl:3: expected a notice "of" an invocation before it: event ${of} is none`,
      );
    }
    expect(() => decodeHistory(`${watch}\n${notice.replace('"of":7,', "")}\n`)).toThrow(
      "history:2: expected",
    );
    expect(() => decodeHistory(`${watch}\n${notice.replace('"more":true', '"more":1')}\n`)).toThrow(
      'whose "more" is true',
    );
  });

  it("reads a fault of an older history, whose `f` was the name of its nemesis", () => {
    const value = { state: "begin", id: 1, summary: "isolate n2", nodes: ["n2"] };
    const older = { index: 0, time: 5, type: "info", process: "nemesis", f: "partition", value };
    const [event] = decodeHistory(`${JSON.stringify(older)}\n`);
    expect(event).toEqual({ ...older, f: "fault", name: "partition" });
  });

  it("passes over what a foreign nemesis did", () => {
    const foreign =
      '{"index":1,"time":2,"type":"info","process":"nemesis","f":"start-partition","value":["n1"]}';
    expect(decodeHistory(`${line}\n${foreign}\n${line.replace("3", "4")}\n`)).toHaveLength(2);
  });

  it("forgives blank lines and the line ends of Windows", () => {
    const other = line.replace("3", "4");
    expect(decodeHistory(`\n${line}\r\n\n${other}\n`)).toHaveLength(2);
  });

  it("reads the same from pieces, however the text is cut", () => {
    fc.assert(
      fc.property(anyHistory, fc.array(fc.nat()), (events, cuts) => {
        const text = new TextEncoder().encode(encode(events));
        const places = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b);
        const decoder = new HistoryDecoder();
        [...places, text.length].reduce((from, to) => {
          decoder.push(text.subarray(from, to));
          return to;
        }, 0);
        expect(decoder.end()).toEqual({ history: events, truncated: false });
      }),
    );
  });

  it("keeps whole numbers apart that a number cannot hold", () => {
    const write = (value: string) => line.replace("read", "write").replace("}", `,"value":${value}}`);
    const values = ["9223372036854775807", "9223372036854775801"].map(
      (value) => (decodeHistory(write(value))[0] as { value: unknown }).value,
    );
    expect(values).toEqual(["9223372036854775807", "9223372036854775801"]);
  });

  it.each([
    ["what is no JSON", "{index: 0}", "expected one JSON object a line, got {index: 0}"],
    ["what is no event", '{"index":0}', "expected an event with index, time, type, process and f"],
    ["an unknown type", line.replace("invoke", "invoked"), "expected an event"],
    ["a process that is no number", line.replace("3", '"three"'), "expected an event"],
    ["a nemesis that invokes", line.replace("3", '"nemesis"'), "expected an event"],
    ["a member that it does not know", line.replace("}", ',"output":7}'), "expected an event"],
    ["an answer to another operation", answer("write", "r1"), "expected the answer of process 3 to its read"],
    [
      "an answer of another key",
      answer("read", "r2"),
      "expected the answer of process 3 to its read of key r1",
    ],
    ["a second call before the answer", line, "expected an answer to the read of process 3"],
    [
      "values nested too deep",
      line.replace("}", `,"value":${"[".repeat(5000)}${"]".repeat(5000)}}`),
      "expected values nested",
    ],
    [
      "a phase that is none",
      '{"index":0,"time":1,"type":"info","process":"nemesis","f":"phase","value":"x"}',
      "expected a phase",
    ],
    [
      "a fault without its nodes",
      '{"index":0,"time":1,"type":"info","process":"nemesis","f":"kill","value":{"state":"end","id":1,"summary":""}}',
      "expected a fault with state",
    ],
    ["an event without its time", line.replace('"time":1,', ""), "expected an event"],
  ])("refuses %s, and names file and line", (_, bad, message) => {
    const decode = () => decodeHistory(`${line}\n${bad}\n${line}\n`, "h.jsonl");
    expect(decode).toThrow(UsageError);
    expect(decode).toThrow(`h.jsonl:2: ${message}`);
  });

  it("refuses a last line that is whole JSON and no event, for nothing cut that off", () => {
    expect(() => decodeHistory(`${line}\n{"index":1}`)).toThrow("history:2: expected an event");
  });

  it("shows no more of a bad line than a person reads", () => {
    const decode = () => decodeHistory(`${"x".repeat(5000)}\n`);
    expect(decode).toThrow(UsageError);
    expect(decode).toThrow(/^.{0,250}$/s);
  });
});
