import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../core/errors.ts";
import { writeInside } from "./write-inside.ts";

describe("writeInside()", () => {
  let root = "";
  const at = (...names: string[]) => join(root, ...names);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "assay-inside-"));
    await mkdir(at("results", "run"), { recursive: true });
    await writeFile(at("precious"), "precious");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const report = () => at("results", "run", "report.html");
  const write = () => writeInside(at("results"), report(), "page");

  it("writes a file, and over one", async () => {
    await write();
    await write();
    expect(await readFile(report(), "utf8")).toBe("page");
  });

  it("writes through a link that stays inside", async () => {
    await symlink("../latest.html", report());
    await write();
    expect(await readFile(at("results", "latest.html"), "utf8")).toBe("page");
  });

  it.each([
    ["a link to a file", () => symlink(at("precious"), report())],
    ["a link to what is not there", () => symlink("../../new", report())],
    [
      "a link to a link",
      async () => {
        await symlink("other", report());
        await symlink(at("precious"), at("results", "run", "other"));
      },
    ],
    [
      "a directory that is a link",
      async () => {
        await rm(at("results", "run"), { recursive: true });
        await mkdir(at("elsewhere"));
        await symlink(at("elsewhere"), at("results", "run"));
      },
    ],
  ])("refuses %s outside, and changes nothing there", async (_, make) => {
    await make();
    await expect(write()).rejects.toThrow(/report\.html is a symbolic link to .*, outside of .*results/);
    expect(await readFile(at("precious"), "utf8")).toBe("precious");
    await expect(readFile(at("new"), "utf8")).rejects.toThrow("ENOENT");
    await expect(readFile(at("elsewhere", "report.html"), "utf8")).rejects.toThrow("ENOENT");
  });

  it("refuses a circle, and what cannot be written", async () => {
    await symlink("report.html", report());
    await expect(write()).rejects.toThrow(UsageError);
    await rm(report());
    await mkdir(report());
    await expect(write()).rejects.toThrow(/cannot write .*report\.html: EISDIR/);
  });
});
