import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../core/real-clock.ts";
import { fileRunStore } from "../../record/node-store.ts";
import { TestTrial } from "../../testing/trial.ts";
import type { Output } from "../output.ts";
import { checked } from "../testing/checked.ts";
import type { CheckOptions } from "./case.ts";
import { check } from "./check.ts";

const options: CheckOptions = { whole: false, timeLimit: 60, memoryLimit: 1024 };

const stale = [
  "{:process 0, :type :invoke, :f :write, :value 1}",
  "{:process 0, :type :ok, :f :write, :value 1}",
  "{:process 1, :type :invoke, :f :read, :value nil}",
  "{:process 1, :type :ok, :f :read, :value 2}",
].join("\n");

describe("assay check --report", () => {
  let dir = "";
  const at = (name: string) => join(dir, name);
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "assay-check-report-"));
    await writeFile(at("stale.edn"), stale);
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it("writes the page of a foreign history, over an older one", async () => {
    await writeFile(at("out.html"), "old");
    const { status, text, result } = await checked(at("stale.edn"), { ...options, report: at("out.html") });
    expect(status).toBe(1);
    expect(text).toContain(`report: ${at("out.html")}`);
    expect(result).toMatchObject({ verdict: "invalid", report: at("out.html") });
    const page = await readFile(at("out.html"), "utf8");
    expect(page).toMatch(/rocess 1 read 2 at event 2/);
    expect(page).toContain(`check ${at("stale.edn")} --format knossos-edn --model register`);
    expect((await readdir(dir)).sort()).toEqual(["out.html", "stale.edn"]);
  });

  it("writes through a link that the user named", async () => {
    await symlink("real.html", at("link.html"));
    await writeFile(at("real.html"), "old");
    await checked(at("stale.edn"), { ...options, report: at("link.html") });
    expect(await readFile(at("real.html"), "utf8")).toContain("<!doctype html>");
  });

  it("writes a run's own page of a run directory, with what was found now", async () => {
    const trial = new TestTrial({ spec: { load: { kind: "open", rate: 100, processes: 6, seconds: 5 } } });
    const run = await trial.run();
    const stored = await fileRunStore(dir).create("run");
    for (const event of trial.events) stored.append(event);
    await stored.finish({ ...run, ended: "n2 died by itself" }, "");
    await rm(join(stored.path, "usage.jsonl"));
    const { status } = await checked(stored.path, { ...options, report: at("run.html") });
    expect(status).toBe(2);
    const page = await readFile(at("run.html"), "utf8");
    expect(page).toContain("Set-up");
    expect(page).toContain("n2 died by itself");
  });

  it.each([
    ["a directory", () => mkdir(at("out"))],
    ["in a directory that is not there", async () => {}],
    ["below a file", () => writeFile(at("out"), "")],
  ])("judges nothing where the page could not be written: %s", async (what, make) => {
    await make();
    const report = what === "a directory" ? at("out") : join(at("out"), "out.html");
    await expect(checked(at("stale.edn"), { ...options, report })).rejects.toThrow(/cannot write --report /);
  });

  it("loses nothing of what was found where the page cannot be written after all", async () => {
    await mkdir(at("pages"));
    const results: unknown[] = [];
    const output: Output = {
      json: false,
      // Once the verdict is out, the page's directory goes.
      print: () => rmSync(at("pages"), { recursive: true, force: true }),
      result: (value) => {
        results.push(value);
      },
      note() {},
      live() {},
    };
    await expect(
      check([at("stale.edn")], { ...options, report: at("pages/out.html") }, realClock(), output),
    ).rejects.toThrow(/cannot write --report /);
    expect(results).toMatchObject([{ verdict: "invalid" }]);
    expect(results).not.toMatchObject([{ report: expect.anything() }]);
  });

  it("is the page of one history", async () => {
    const output: Output = { json: false, print() {}, result() {}, note() {}, live() {} };
    const files = [at("stale.edn"), at("stale.edn")];
    await expect(check(files, { ...options, report: at("out.html") }, realClock(), output)).rejects.toThrow(
      "--report covers one history",
    );
  });
});
