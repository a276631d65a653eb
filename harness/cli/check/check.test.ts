import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { models } from "../../../checker/models/index.ts";
import { UsageError } from "../../../core/errors.ts";
import type { FaultChange } from "../../../core/harness-event.ts";
import { type HistoryEvent, isHarnessEvent } from "../../../core/history.ts";
import { nodeId } from "../../../core/op.ts";
import type { Run } from "../../../core/run.ts";
import type { Verdict } from "../../../core/verdict.ts";
import { fileRunStore } from "../../record/node-store.ts";
import { TestTrial } from "../../testing/trial.ts";
import { checked } from "../testing/checked.ts";
import type { CheckOptions } from "./case.ts";

/** Two keys of a map of strings, written key by key in turn. */
const lines = (read: string): string =>
  [
    '{:process 0, :type :invoke, :f :append, :key "0", :value "a"}',
    '{:process 0, :type :ok, :f :append, :key "0", :value "a"}',
    '{:process 1, :type :invoke, :f :put, :key "1", :value "b"}',
    '{:process 1, :type :ok, :f :put, :key "1", :value "b"}',
    '{:process 0, :type :invoke, :f :get, :key "0", :value nil}',
    `{:process 0, :type :ok, :f :get, :key "0", :value "${read}"}`,
  ].join("\n");

/** Those of a run directory, which says itself how it is judged. */
const plain: CheckOptions = { whole: false, timeLimit: 60, memoryLimit: 1024 };
const options: CheckOptions = { ...plain, model: "string-map" };

describe("assay check", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-check-"));
    await writeFile(join(dir, "good.txt"), lines("a"));
    await writeFile(join(dir, "bad.txt"), lines("b"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const judged = (name: string, more: Partial<CheckOptions>) =>
    checked(join(dir, name), { ...options, ...more });

  it("judges key by key, or with --whole all keys together, with the same verdict", async () => {
    const apart = await judged("good.txt", {});
    expect(apart.status).toBe(0);
    expect(apart.text).toContain("3 operations on 2 keys are linearizable");
    const together = await judged("good.txt", { whole: true });
    expect(together.status).toBe(0);
    expect(together.text).toContain("3 operations, taken together, are linearizable");
    for (const whole of [false, true]) {
      const bad = await judged("bad.txt", { whole });
      expect(bad.status).toBe(1);
      expect(bad.text).toContain('process 0 read "b" from 0');
    }
  });

  it("refuses a model that does not know an operation of the history, and names those that do", async () => {
    await expect(judged("good.txt", { model: "register" })).rejects.toThrow(
      /good\.txt: the model register does not know the operation "append"; .*--model: string-map$/,
    );
  });

  it.each(Object.keys(models))(
    "refuses an operation that no model knows with the model %s",
    async (model) => {
      await writeFile(join(dir, "odd.json"), '[{"f":"juggle","value":1,"call":0,"return":1}]');
      const refused = expect(judged("odd.json", { model })).rejects;
      await refused.toThrow(UsageError);
      await refused.toThrow(/does not know the operation "juggle"; no model knows "juggle"/);
    },
  );

  it("finds the model by itself where only one fits", async () => {
    const { model: _, ...unnamed } = options;
    const found = await checked(join(dir, "good.txt"), unnamed);
    expect(found).toMatchObject({ status: 0, result: { files: [{ understood: { model: "string-map" } }] } });
  });

  it("names the models to choose from where several fit", async () => {
    const { model: _, ...unnamed } = options;
    await writeFile(join(dir, "either.json"), '[{"f":"add","value":1,"call":0,"return":1}]');
    await expect(checked(join(dir, "either.json"), unnamed)).rejects.toThrow(
      /several models fit these operations \("add"\); choose one with --model: .*counter/,
    );
  });

  it("says what it understood, in a line and as JSON", async () => {
    const { text, result } = await judged("good.txt", {});
    expect(text).toContain(
      "read as porcupine-kv, model string-map, 2 keys: 1 append (1 ok), 1 put (1 ok), 1 get (1 ok)",
    );
    const [{ understood } = { understood: undefined }] = result?.files ?? [];
    expect(understood).toMatchObject({
      format: "porcupine-kv",
      model: "string-map",
      keys: 2,
      operations: { append: { ok: 1, fail: 0, info: 0 } },
    });
  });

  it("shows no control character of a history", async () => {
    await writeFile(join(dir, "escapes.txt"), lines("b").replaceAll('"0"', '"\\u001b[2J\\n0"'));
    const { status, text } = await judged("escapes.txt", {});
    expect(status).toBe(1);
    expect(text).toContain("\\u001b[2J\\n0");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(text.replaceAll(/\u001b\[\d+m/g, "")).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("is unknown where nothing was tried, whoever recorded it", async () => {
    await writeFile(
      join(dir, "idle.json"),
      '[{"f":"read","key":"a","result":null,"call":0,"return":1},{"f":"write","key":"a","value":1,"call":2,"return":3,"type":"fail"}]',
    );
    const { status, text } = await judged("idle.json", { model: "register" });
    expect(status).toBe(2);
    expect(text).toContain("unknown enough-operations: every successful operation read the initial state");
  });

  it("never calls valid what its limits do not let it judge", async () => {
    const { status, text } = await judged("good.txt", { timeLimit: 1e-9 });
    expect(status).toBe(2);
    expect(text).toContain("undecided: the time limit");
  });
});

describe("assay check of what was cut off or is empty", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-check-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function judged(text: string, format: string) {
    const file = join(dir, "history");
    await writeFile(file, text);
    return checked(file, { ...options, model: "register", format });
  }

  const phase = '{"index":0,"time":0,"type":"info","process":"nemesis","f":"phase","value":"main"}\n';
  const write =
    '{"index":0,"time":0,"type":"invoke","process":0,"f":"write","value":1}\n' +
    '{"index":1,"time":1,"type":"ok","process":0,"f":"write","value":1}\n';

  it.each([
    ["jsonl", ""],
    ["jsonl", phase],
    ["jsonl", `${phase}${write.slice(0, 20)}`],
    ["jepsen-edn", ""],
    ["knossos-edn", "[]"],
    ["jepsen-log", "INFO  jepsen.core - Worker 0 starting\n"],
    ["json", ""],
    ["json", "[]"],
  ])("does not call valid a %s without operations: %j", async (format, text) => {
    const { status, text: printed, result } = await judged(text, format);
    expect(status).toBe(2);
    expect(printed).toContain("the history has no operations");
    expect(result).toMatchObject({ verdict: "unknown", operations: 0 });
  });

  it("reports a last line that was cut off, and judges the others", async () => {
    const whole = await judged(write, "jsonl");
    expect(whole).toMatchObject({ status: 0, notes: "", result: { files: [{ truncated: false }] } });
    const cut = await judged(`${write}${write.slice(0, 20)}`, "jsonl");
    expect(cut).toMatchObject({ status: 0, result: { operations: 1, files: [{ truncated: true }] } });
    expect(cut.notes).toContain("the last line was cut off");
  });

  it("refuses a file that holds nothing but a line that was cut off", async () => {
    await expect(judged(write.slice(0, 20), "jsonl")).rejects.toThrow(/history:1: expected one JSON object/);
  });

  it("points to the history of a run that was killed", async () => {
    const killed = join(dir, "killed");
    await mkdir(killed);
    await expect(checked(killed, plain)).rejects.toThrow("killed is not a run directory");
    await writeFile(join(killed, "history.jsonl"), write);
    await expect(checked(killed, plain)).rejects.toThrow(`assay check ${join(killed, "history.jsonl")}`);
  });
});

describe("assay check of a run directory", () => {
  const trial = new TestTrial({ spec: { load: { kind: "open", rate: 100, processes: 6, seconds: 5 } } });
  let results = "";
  let run: Run;
  beforeAll(async () => {
    results = await mkdtemp(join(tmpdir(), "assay-check-"));
    run = await trial.run();
  });
  afterAll(() => rm(results, { recursive: true, force: true }));

  /** The trial's run, with `change`, or with other events, in a directory of its own. */
  async function stored(change: Partial<Run>, events: readonly HistoryEvent[] = trial.events) {
    const dir = await fileRunStore(results).create("run");
    for (const event of events) dir.append(event);
    await dir.finish({ ...run, ...change }, "");
    return dir.path;
  }

  const found = (checker: string, kind: Verdict["kind"]): Partial<Run> => ({
    verdict: kind,
    verdicts: [
      ...run.verdicts.filter((each) => each.checker !== checker),
      { checker, kind, summary: `${checker} was found ${kind}`, anomalies: [] },
    ],
  });

  it("finds valid what was valid", async () => {
    expect(run.verdict).toBe("valid");
    expect(await checked(await stored({}), plain)).toMatchObject({
      status: 0,
      result: { verdict: "valid" },
    });
  });

  it.each(["faults-injected", "recovery", "load"])(
    "takes over what the harness found of %s",
    async (checker) => {
      const { status, text } = await checked(await stored(found(checker, "unknown")), plain);
      expect(status).toBe(2);
      expect(text).toContain(`${checker}: ${checker} was found unknown`);
    },
  );

  it("judges the history again, whatever was found then", async () => {
    expect((await checked(await stored(found("linearizable", "unknown")), plain)).status).toBe(0);
    expect((await checked(await stored(found("enough-operations", "invalid")), plain)).status).toBe(0);
  });

  it.each([
    ["vacuity", "invalid", 0],
    ["faults-proven", "unknown", 0],
    ["nemeses", "unknown", 2],
  ] as const)("reads a stored verdict of %s under the name of today", async (older, kind, expected) => {
    const { status, text } = await checked(await stored(found(older, kind)), plain);
    expect(status).toBe(expected);
    expect(text).not.toContain(` ${older}: `);
  });

  it("does not call valid what did too little to mean anything", async () => {
    const few = await stored(
      {},
      trial.events.filter((event) => isHarnessEvent(event) || event.process === 0).slice(0, 9),
    );
    const { status, text } = await checked(few, plain);
    expect(status).toBe(2);
    expect(text).toMatch(/enough-operations: only \d+ /);
  });

  it("does not call valid a run whose fault shows no effect", async () => {
    const { length: index } = trial.events;
    const last = trial.events.at(-1) as HistoryEvent;
    const value: FaultChange = { state: "begin", id: 1, summary: "partition of n1", nodes: [nodeId("n1")] };
    const events: HistoryEvent[] = [
      ...trial.events,
      { index, time: last.time, type: "info", process: "nemesis", f: "fault", name: "partition", value },
    ];
    const { status, text } = await checked(await stored({}, events), plain);
    expect(status).toBe(2);
    expect(text).toContain("was injected, but nothing shows that it took effect");
  });

  it("does not call valid a run that ended early, nor one that never began", async () => {
    const cut = await checked(await stored({ ended: "n2 died by itself" }), plain);
    expect(cut.status).toBe(2);
    expect(cut.text).toContain("the run ended early: n2 died by itself");
    const none = await checked(await stored({ ended: "n1 never became ready", verdicts: [] }, []), plain);
    expect(none.status).toBe(2);
    expect(none.text).toContain("the history has no operations");
    expect(none.text).toContain("the run ended early: n1 never became ready");
  });
});
