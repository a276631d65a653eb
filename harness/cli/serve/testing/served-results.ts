/** A results folder that is served, for tests. */
import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEvent } from "../../../../core/codec/history-codec.ts";
import { realClock } from "../../../../core/real-clock.ts";
import type { Run } from "../../../../core/run.ts";
import { validFixture } from "../../../../reports/testing/runs.ts";
import { unfinished } from "../../../record/store.ts";
import type { Output } from "../../output.ts";
import { serve } from "../serve.ts";

export const fixture = validFixture({ seconds: 3 });
/** The fixture's history. */
export const lines = fixture.history.map((event) => `${encodeEvent(event)}\n`);

const farFuture = new Date("2100-01-01T00:00:00Z");

export class ServedResults {
  readonly root: string;
  url = "";
  notes: string[] = [];
  #end = new AbortController();
  #served: Promise<void> = Promise.resolve();

  private constructor(root: string) {
    this.root = root;
  }

  /** Makes an empty results folder and serves it. */
  static async start(): Promise<ServedResults> {
    const root = await mkdtemp(join(tmpdir(), "assay-serve-"));
    await mkdir(join(root, "results"));
    const results = new ServedResults(root);
    await results.serve();
    return results;
  }

  at(...names: string[]): string {
    return join(this.root, "results", ...names);
  }

  /** Serves the folder; resolves when it listens. */
  async serve(host = "127.0.0.1"): Promise<void> {
    this.notes = [];
    this.#end = new AbortController();
    const listening = new EventEmitter();
    const output: Output = {
      json: true,
      print: () => {},
      result: (value) => void listening.emit("result", value),
      note: (line) => void this.notes.push(line),
      live: () => {},
    };
    const ready = once(listening, "result");
    const options = { results: this.at(), host, port: 0 };
    this.#served = serve(options, { clock: realClock(), output, signal: this.#end.signal });
    const [result] = (await Promise.race([ready, this.#served])) as [{ url: string }];
    this.url = result.url;
  }

  /** Stops the server as Ctrl-C does. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#served;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.root, { recursive: true, force: true });
  }

  /** Stores a run that has ended. */
  async stored(id: string, change: Partial<Run> = {}): Promise<void> {
    const { run, usage } = fixture;
    await mkdir(this.at(id));
    await writeFile(this.at(id, "run.json"), JSON.stringify({ ...run, id, ...change }));
    await writeFile(this.at(id, "history.jsonl"), lines.join(""));
    const samples = usage.map((sample) => `${JSON.stringify(sample)}\n`);
    await writeFile(this.at(id, "usage.jsonl"), samples.join(""));
  }

  /** Stores a run that goes on, with the begin of its history. */
  async going(id: string, change: Partial<Run> = {}): Promise<void> {
    await mkdir(this.at(id, "parts"), { recursive: true });
    const run = { ...fixture.run, id, ended: unfinished, verdicts: [], ...change };
    await writeFile(this.at(id, "run.json"), JSON.stringify(run));
    await writeFile(this.at(id, "parts", "harness.jsonl"), lines.slice(0, 400).join(""));
    // However long a test takes, the run does not seem to be killed.
    await writeFile(this.at(id, "usage.jsonl"), "");
    await utimes(this.at(id, "usage.jsonl"), farFuture, farFuture);
  }

  /** Lets a run that goes on end. */
  async ended(id: string): Promise<void> {
    await writeFile(this.at(id, "history.jsonl"), lines.join(""));
    await rm(this.at(id, "parts"), { recursive: true });
    await writeFile(this.at(id, "run.json"), JSON.stringify({ ...fixture.run, id }));
  }

  async get(path: string) {
    const answer = await fetch(new URL(path, this.url), { redirect: "manual" });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Asks with a target and headers that a browser would not send; resolves with the whole answer. */
  async raw(target: string, { method = "GET", host = new URL(this.url).host } = {}): Promise<string> {
    const socket = connect(Number(new URL(this.url).port), "127.0.0.1");
    socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    let text = "";
    for await (const chunk of socket) text += chunk;
    return text;
  }

  /** Opens a stream of events. */
  async events(path: string): Promise<Events> {
    const [answer] = await once(httpRequest(new URL(path, this.url)).end(), "response");
    return new Events(answer as IncomingMessage);
  }
}

export class Events {
  readonly answer: IncomingMessage;
  readonly #pieces: AsyncIterator<string>;
  #text = "";

  constructor(answer: IncomingMessage) {
    this.answer = answer;
    this.#pieces = answer.setEncoding("utf8")[Symbol.asyncIterator]();
  }

  /** The next event; undefined once the server has ended the stream. */
  async next(): Promise<{ readonly event: string; readonly data: string } | undefined> {
    for (;;) {
      const found = /event: (.*)\ndata: (.*)\n\n/.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found.index + found[0].length);
        return { event: found[1] ?? "", data: found[2] ?? "" };
      }
      const { value, done } = await this.#pieces.next();
      if (done === true) return undefined;
      this.#text += value;
    }
  }
}
