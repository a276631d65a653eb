import { describe, expect, it } from "vitest";
import type { FaultEvent } from "../core/harness-event.ts";
import type { ClientEvent, History } from "../core/history.ts";
import { operations } from "../core/history.ts";
import { nodeId } from "../core/op.ts";
import { millis, nanos } from "../core/time.ts";
import { renderHistoryReport } from "./history-report.ts";
import type { JudgedHistory } from "./judged-history.ts";

/** What a reader without scripts sees, in one line. */
const textOf = (page: string) =>
  page
    .slice(page.indexOf("<body>"))
    .replace(/<(script|style|title)[^>]*>.*?<\/\1>/gs, "")
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ");

/** What a template writes where a value was forgotten. */
const blanks = (page: string) =>
  page.replace(/<script.*?<\/script>/gs, "").match(/undefined|NaN|Infinity|\[object/g) ?? [];

/** A write, an overwriting, and a read of the first value; `timeOf` an event by its number. */
function staleHistory(timeOf: (i: number) => number, more: Partial<ClientEvent> = {}): History {
  const events = [
    ["invoke", 0, "write", 1],
    ["ok", 0, "write", 1],
    ["invoke", 0, "write", 2],
    ["ok", 0, "write", 2],
    ["invoke", 1, "read", undefined],
    ["ok", 1, "read", 1],
  ] as const;
  return events.map(([type, process, f, value], index) => ({
    index,
    time: nanos(timeOf(index)),
    type,
    process,
    f,
    ...(value !== undefined && { value }),
    ...more,
  }));
}

const summary = "process 1 read 1, but 2 had overwritten it";

const judged = (history: History, more: Partial<JudgedHistory> = {}): JudgedHistory => ({
  verdict: "invalid",
  verdicts: [
    {
      checker: "linearizable",
      kind: "invalid",
      summary,
      anomalies: [
        {
          kind: "linearizability",
          key: "",
          summary,
          evidence: { kind: "order", operations: operations(history), culprit: 2, states: [] },
        },
      ],
    },
  ],
  operations: { ok: 3, fail: 0, info: 0 },
  file: "history.edn",
  format: "jepsen-edn",
  model: "register",
  keys: 0,
  notes: ["2 reads answered nil: taken as an absent value"],
  command: "npm run assay -- check history.edn",
  assay: { version: "0.1.0" },
  ...more,
});

const render = (history: History, more: Partial<JudgedHistory> = {}) =>
  renderHistoryReport(judged(history, more), history, {});

describe("the page of a history from a file", () => {
  const timed = staleHistory((i) => 5 + i * 300_000_000);
  const page = render(timed);
  const text = textOf(page);

  it("says the verdict first, draws the anomaly, and says how the file was read", () => {
    expect(text.indexOf("Invalid")).toBeLessThan(text.indexOf("Key figures"));
    expect(text).toContain("Process 1 read 1, but 2 had overwritten it.");
    expect(page).toContain('data-sketch="anomaly-1"');
    expect(text).toContain("2 reads answered nil: taken as an absent value");
    expect(text).toContain("npm run assay -- check history.edn");
  });

  it("draws a short history whole, and its charts over time", () => {
    expect(page).toContain('data-sketch="whole"');
    expect(page).toContain('data-plot="latency"');
    expect(page).toContain('data-plot="throughput"');
  });

  it("says nothing of a system, a machine or faults that nobody saw", () => {
    for (const word of ["Set-up", "Resources", "left alone", "kept its promise", "Leader", "Seed"])
      expect(text).not.toContain(word);
  });

  it("forgets no value", () => {
    expect(blanks(page)).toEqual([]);
    expect(blanks(render([], { verdict: "unknown", verdicts: [] }))).toEqual([]);
  });

  it("draws the nodes and faults that a history names", () => {
    const fault = (index: number, state: "begin" | "end"): FaultEvent => ({
      index,
      time: nanos(index * 300_000_000),
      type: "info",
      process: "nemesis",
      f: "fault",
      name: "partition",
      value: { state, id: 1, summary: "n2 cut off", nodes: [nodeId("n2")] },
    });
    const events = staleHistory((i) => i * 300_000_000, { node: nodeId("n2") });
    const struck = textOf(render([fault(0, "begin"), ...events, fault(6, "end")]));
    expect(struck).toContain("n2 cut off");
    expect(struck).toContain("Leader and nodes");
  });

  it("shows no control character, and no markup of the history", () => {
    const hostile = "\u001b]0;<img src=x>\u202e";
    const shown = render(
      staleHistory((i) => i * 1e9, { key: hostile }),
      {
        file: hostile,
        notes: [hostile],
        model: hostile,
      },
    );
    expect(shown).not.toContain("<img");
    const visible = shown.replace(/<script.*?<\/script>/gs, "");
    for (const character of ["\u001b", "\u202e"]) expect(visible).not.toContain(character);
  });
});

describe("the page of a history without times", () => {
  const untimed = staleHistory((i) => millis(i));
  const page = render(untimed);
  const text = textOf(page);

  it("has dashes for what only times would show", () => {
    expect(text).toMatch(/Response time, median – the history has no times/);
    expect(text).toMatch(/Throughput – the history has no times/);
    expect(blanks(page)).toEqual([]);
  });

  it("calls events by their numbers", () => {
    expect(text).toContain("event 4");
    expect(text).not.toMatch(/\d(\s|\u202f)?(ms|µs|s)\b/);
  });

  it("draws a short one whole, and a longer one as a chart", () => {
    expect(page).not.toContain('data-plot="latency"');
    const long = Array.from({ length: 50 }, () => untimed)
      .flat()
      .map((event, index) => ({ ...event, index, time: nanos(millis(index)) }));
    const chart = render(long);
    expect(chart).toContain('data-plot="latency"');
    expect(chart).not.toContain('data-plot="throughput"');
    expect(textOf(chart)).toContain("The history has no times. Its events are drawn a millisecond apart");
  });
});
