import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { realClock } from "../../../core/real-clock.ts";
import { unpack } from "../../../reports/data/columns.ts";
import type { LiveRun } from "../../../reports/runs/live.ts";
import type { Output } from "../output.ts";
import { serve } from "./serve.ts";
import { fixture, lines, ServedResults } from "./testing/served-results.ts";

const { run } = fixture;
let results: ServedResults;
beforeEach(async () => {
  results = await ServedResults.start();
});
afterEach(() => results.remove());

describe("assay serve: following", () => {
  const runOf = (data: string | undefined) => unpack(data ?? "") as LiveRun;

  it("sends what a run adds, its end, and then nothing more", async () => {
    await results.going("a");
    const stream = await results.events("/events?run=a");
    const first = runOf((await stream.next())?.data);
    expect(first).toMatchObject({ id: "a", state: "running" });
    expect(first.timeline?.nodes).toEqual(["n1", "n2", "n3"]);
    await appendFile(results.at("a", "parts", "harness.jsonl"), lines.slice(400, 1200).join(""));
    let next = first;
    while (next.counts.ok === first.counts.ok) next = runOf((await stream.next())?.data);
    expect(next.elapsed).toBeGreaterThan(first.elapsed);
    await results.ended("a");
    while (next.state !== "ended") next = runOf((await stream.next())?.data);
    expect(next.counts).toEqual(run.operations);
    expect(await stream.next()).toEqual({ event: "end", data: "" });
    expect(await stream.next()).toBeUndefined();
  });

  it("follows several runs in one stream, and one run for several readers", async () => {
    await results.going("a");
    await results.going("b");
    const [both, one] = [await results.events("/events?run=a&run=b"), await results.events("/events?run=b")];
    const seen = new Set<string>();
    while (seen.size < 2) seen.add(runOf((await both.next())?.data).id);
    expect(runOf((await one.next())?.data).id).toBe("b");
    one.answer.destroy();
    expect(runOf((await both.next())?.data).state).toBe("running");
    const later = await results.events("/events?run=b");
    expect(runOf((await later.next())?.data).counts.ok).toBeGreaterThan(0);
  });

  it("keeps no stream for a reader that has left before its run was found", async () => {
    await results.going("a");
    const { hostname, port, host } = new URL(results.url);
    // More than there may be streams. Their readers leave as soon as they have asked.
    for (let i = 0; i < 80; i++) {
      const reader = connect(Number(port), hostname);
      reader.end(`GET /events?run=a HTTP/1.1\r\nHost: ${host}\r\n\r\n`, () => reader.destroy());
      await once(reader, "close");
    }
    const stream = await results.events("/events?run=a");
    expect(runOf((await stream.next())?.data).id).toBe("a");
  });

  it("says when the list is another", async () => {
    await results.stored("a");
    const stream = await results.events("/events");
    await results.stored("b");
    expect((await stream.next())?.event).toBe("list");
  });

  it("ends at once when it is stopped, streams included", async () => {
    await results.going("a");
    const stream = await results.events("/events?run=a");
    await stream.next();
    await results.stop();
    await expect(stream.next()).rejects.toThrow("aborted");
    await expect(fetch(results.url)).rejects.toThrow();
  });
});

describe("assay serve: where it listens", () => {
  it("says nothing on loopback, and warns elsewhere", async () => {
    expect(results.notes).toEqual([]);
    await results.stop();
    await results.serve("0.0.0.0");
    expect(results.notes).toEqual([
      expect.stringMatching(/^warning: everybody who reaches 0\.0\.0\.0 can read/),
    ]);
  });

  it("says which port is in use, and what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    const output: Output = { json: false, print() {}, result() {}, note() {}, live() {} };
    const tried = serve(
      { results: results.at(), host: "127.0.0.1", port },
      { clock: realClock(), output, signal: new AbortController().signal },
    );
    await expect(tried).rejects.toThrow(UsageError);
    await expect(tried).rejects.toThrow(`port ${port} of 127.0.0.1 is in use: choose another with --port N`);
    taken.close();
  });
});
