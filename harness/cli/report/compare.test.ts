import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeEvent } from "../../../core/codec/history-codec.ts";
import { UsageError } from "../../../core/errors.ts";
import { realClock } from "../../../core/real-clock.ts";
import type { Run } from "../../../core/run.ts";
import { seconds } from "../../../core/time.ts";
import { validFixture } from "../../../reports/testing/runs.ts";
import type { Output } from "../output.ts";
import { report } from "./report.ts";

describe("assay report", () => {
  let root = "";
  const at = (...names: string[]) => join(root, ...names);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "assay-compare-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const { run, history, usage } = validFixture({ seconds: 3 });

  /** A stored run of a system; resolves with its directory. */
  async function stored(name: string, change: Partial<Run> = {}): Promise<string> {
    const dir = at("results", name);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, "run.json"), JSON.stringify({ ...run, id: name, ...change }));
    await writeFile(join(dir, "history.jsonl"), history.map((event) => `${encodeEvent(event)}\n`).join(""));
    await writeFile(join(dir, "usage.jsonl"), usage.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
    return dir;
  }

  async function reported(dirs: readonly string[], options: { readonly out?: string } = {}) {
    const printed: string[] = [];
    const notes: string[] = [];
    const results: unknown[] = [];
    const output: Output = {
      json: false,
      print: (line = "") => {
        printed.push(line);
      },
      result: (value) => {
        results.push(value);
      },
      note: (line) => {
        notes.push(line);
      },
      live: () => {},
    };
    await report(dirs, options, output, realClock());
    return { printed, notes, result: results[0] };
  }

  it("renders the report of each run, and a page that compares them, next to the first", async () => {
    const dirs = [await stored("a"), await stored("b", { system: { name: "etcd", version: "3.5.16" } })];
    const reports = dirs.map((dir) => join(dir, "report.html"));
    const comparison = at("results", "a-and-others.html");
    expect(await reported(dirs)).toEqual({
      printed: [...reports, comparison],
      notes: [],
      result: { reports, comparison },
    });
    const page = await readFile(comparison, "utf8");
    expect(page.match(/<title>([^·]*)/)?.[1]).toBe("reference and etcd compared: Both are valid ");
    expect(page.includes('href="a/report.html"') && page.includes('href="b/report.html"')).toBe(true);
    expect(await readFile(join(dirs[1] as string, "report.html"), "utf8")).toContain("etcd 3.5.16");
  });

  it("makes no comparison of one run, and writes its report where it should go", async () => {
    const dir = await stored("a");
    const out = at("page.html");
    expect(await reported([dir], { out })).toEqual({ printed: [out], notes: [], result: { reports: [out] } });
    expect(await readFile(out, "utf8")).toContain("<title>Valid: reference");
  });

  it("writes the comparison where it should go, with links from there", async () => {
    const dirs = [await stored("a"), await stored("b")];
    await mkdir(at("pages"));
    await reported(dirs, { out: at("pages", "both.html") });
    expect(await readFile(at("pages", "both.html"), "utf8")).toContain('href="../results/a/report.html"');
  });

  it("skips what is not a run directory, such as a comparison next to the runs, and says so", async () => {
    const dirs = [await stored("a"), await stored("b")];
    const { comparison } = (await reported(dirs)).result as { comparison: string };
    await mkdir(at("results", "never-began", "logs"), { recursive: true });
    const all = [dirs[0] as string, comparison, dirs[1] as string, at("results", "never-began")];
    const { printed, notes, result } = await reported(all);
    const skipped = [comparison, at("results", "never-began")];
    expect(result).toEqual({ reports: dirs.map((dir) => join(dir, "report.html")), comparison, skipped });
    expect(printed).toHaveLength(3);
    expect(notes).toEqual(skipped.map((path) => `skipped ${path}: not a run directory (it has no run.json)`));
  });

  it("renders the only run among other files as a single one", async () => {
    const dir = await stored("a");
    await writeFile(at("results", "notes.txt"), "");
    const out = at("page.html");
    expect((await reported([dir, at("results", "notes.txt")], { out })).result).toEqual({
      reports: [out],
      skipped: [at("results", "notes.txt")],
    });
  });

  it("refuses paths of which none is a run directory, and one that is not there", async () => {
    await writeFile(at("page.html"), "");
    await expect(reported([at("page.html")])).rejects.toThrow("page.html is not a run directory");
    await expect(reported([at("page.html"), root])).rejects.toThrow(
      /^none of the 2 paths is a run directory: .*page\.html and the others have no run\.json$/,
    );
    const nowhere = at("results", "nowhere");
    await expect(reported([await stored("a"), nowhere])).rejects.toThrow(`${nowhere} is not there`);
  });

  it("links runs whose names mean something in an address", async () => {
    const dirs = [await stored("50% a#1?"), await stored("b")];
    await reported(dirs, { out: at("both.html") });
    expect(await readFile(at("both.html"), "utf8")).toContain('href="results/50%25%20a%231%3F/report.html"');
  });

  it("compares runs of different workloads apart", async () => {
    await reported([await stored("a"), await stored("b", { workload: "set" })], { out: at("both.html") });
    const page = await readFile(at("both.html"), "utf8");
    expect(page.includes("Workload register</h2>") && page.includes("Workload set</h2>")).toBe(true);
  });

  it("takes a run of an older version, which recorded less, and one without usage", async () => {
    const { proof: _, ...fault } = run.faults[0] ?? { proof: "" };
    const dirs = [await stored("a", { faults: [fault as Run["faults"][number]] }), await stored("b")];
    await rm(join(dirs[1] as string, "usage.jsonl"));
    expect((await reported(dirs)).result).toHaveProperty("comparison");
  });

  it("takes a run that was killed while it ran: its history is in parts, and it ended early", async () => {
    const ended = {
      verdict: "unknown",
      verdicts: [{ checker: "run", kind: "unknown", summary: "it ended early", anomalies: [] }],
      latency: [],
      ended: "it was killed while it ran",
    } as const;
    const dirs = [
      await stored("a"),
      await stored("b", { ...ended, operations: { ok: 0, fail: 0, info: 0 } }),
    ];
    await rm(at("results", "b", "history.jsonl"));
    await mkdir(at("results", "b", "parts"));
    const recorded = history
      .filter(({ time }) => time < seconds(1))
      .map((event) => `${encodeEvent(event)}\n`);
    await writeFile(at("results", "b", "parts", "harness.jsonl"), recorded.join(""));
    await reported(dirs, { out: at("both.html") });
    const page = await readFile(at("both.html"), "utf8");
    expect(page).toContain(
      "Nothing was decided about reference (linearizable): a run ended early (it was killed while it ran).",
    );
  });

  it.each<[string, (dir: string) => Promise<unknown>, RegExp]>([
    ["is not there", (dir) => rm(dir, { recursive: true }), /b is not there: expected a run directory/],
    [
      "is of a version to come",
      (dir) => stored("b", { version: 2 as never }).then(() => dir),
      /run\.json: expected version/,
    ],
    [
      "has no history",
      (dir) => rm(join(dir, "history.jsonl")),
      /b is not a run directory: .*history\.jsonl is missing/,
    ],
  ])("refuses a directory that %s", async (_, spoil, message) => {
    const dirs = [await stored("a"), await stored("b")];
    await spoil(dirs[1] as string);
    const refused = reported(dirs);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
    await expect(readFile(at("results", "a-and-others.html"))).rejects.toThrow("ENOENT");
  });

  it("refuses one run given twice, by whatever name", async () => {
    const dir = await stored("a");
    await symlink(dir, at("again"));
    await expect(reported([dir, at("again")])).rejects.toThrow(
      /again is the same run as .*a: give each run once/,
    );
  });

  it.each([
    ["a directory that is not there", "no/page.html"],
    ["a directory", "results"],
  ])("refuses to write to %s", async (_, out) => {
    const dirs = [await stored("a"), await stored("b")];
    for (const some of [dirs, dirs.slice(0, 1)]) {
      const refused = reported(some, { out: at(out) });
      await expect(refused).rejects.toThrow(UsageError);
      await expect(refused).rejects.toThrow(new RegExp(`cannot write .*${out}`));
    }
  });
});
