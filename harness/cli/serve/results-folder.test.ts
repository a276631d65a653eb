import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { OutsideError, ResultsFolder } from "./results-folder.ts";

describe("ResultsFolder", () => {
  let root = "";
  const at = (...names: string[]) => join(root, ...names);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "assay-folder-"));
    await mkdir(at("results", "run", "parts"), { recursive: true });
    await mkdir(at("results-of-others", "run"), { recursive: true });
    await writeFile(at("results", "run", "run.json"), "{}");
    await writeFile(at("results", "run", "parts", "harness.jsonl"), "");
    await writeFile(at("precious"), "precious");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const find = async (id: string) => (await ResultsFolder.open(at("results"))).find(id);

  it("finds a run and its records", async () => {
    const found = await find("run");
    expect(Object.keys(found?.files ?? {})).toEqual(["run.json"]);
    expect(found?.parts).toHaveLength(1);
  });

  it.each(["..", ".", "", "../results-of-others/run", "run/parts", "run/../run", "/etc", "run\0", "..\\run"])(
    "finds nothing under the name %j",
    async (id) => {
      expect(await find(id)).toBeUndefined();
    },
  );

  it("reaches a folder through a link, and a run through a link that stays inside", async () => {
    await symlink("run", at("results", "latest"));
    await symlink("results", at("link"));
    const folder = await ResultsFolder.open(at("link"));
    expect((await folder.find("latest"))?.dir).toBe((await folder.find("run"))?.dir);
  });

  it.each([
    ["a directory", () => symlink(at("results-of-others", "run"), at("results", "out")), "out"],
    ["a directory, relatively", () => symlink("../results-of-others/run", at("results", "out")), "out"],
    ["the history", () => symlink(at("precious"), at("results", "run", "history.jsonl")), "run"],
    ["the report", () => symlink("../../precious", at("results", "run", "report.html")), "run"],
    ["a part", () => symlink(at("precious"), at("results", "run", "parts", "w1.jsonl")), "run"],
    [
      "a link to a link",
      async () => {
        await symlink("other", at("results", "run", "usage.jsonl"));
        await symlink(at("precious"), at("results", "run", "other"));
      },
      "run",
    ],
  ])("refuses a link out of the folder: %s", async (_, make, id) => {
    await make();
    await expect(find(id)).rejects.toThrow(OutsideError);
    await expect(find(id)).rejects.toThrow(/is a symbolic link to outside of the results folder/);
  });

  it("refuses what is no plain file, and would perhaps be waited for", async () => {
    const socket = createServer().listen(at("results", "run", "history.jsonl"));
    await once(socket, "listening");
    await expect(find("run")).rejects.toThrow("run/history.jsonl is not a plain file");
    socket.close();
    await mkdir(at("results", "run", "usage.jsonl"));
    await expect(find("run")).rejects.toThrow("run/usage.jsonl is not a plain file");
  });

  it("says what to do where there is no folder", async () => {
    await expect(ResultsFolder.open(at("nowhere"))).rejects.toThrow(UsageError);
    await expect(ResultsFolder.open(at("precious"))).rejects.toThrow(/is not a directory/);
  });
});
