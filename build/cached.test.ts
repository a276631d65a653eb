import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeUnused } from "./cached.mjs";

const daySeconds = 86_400;
const now = 1_800_000_000;
let builds: string;
beforeEach(() => {
  builds = mkdtempSync(join(tmpdir(), "assay-builds-"));
});
afterEach(() => rmSync(builds, { recursive: true, force: true }));

function build(name: string, unusedDays: number): void {
  const used = join(builds, name, "used");
  mkdirSync(join(builds, name));
  writeFileSync(used, "");
  utimesSync(used, now, now - unusedDays * daySeconds);
}

it("keeps a build for as long as a command that runs from it may last, and a day more", () => {
  build("of-today", 0);
  build("of-a-command-of-seven-days", 7);
  build("of-nobody", 8.1);
  removeUnused(builds, now * 1000);
  expect(readdirSync(builds).sort()).toEqual(["of-a-command-of-seven-days", "of-today"]);
});

it("leaves alone what another process is writing", () => {
  mkdirSync(join(builds, "draft.4711"));
  removeUnused(builds, now * 1000);
  expect(readdirSync(builds)).toEqual(["draft.4711"]);
});
