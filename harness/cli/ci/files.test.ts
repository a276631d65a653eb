import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ciFiles } from "./files.ts";
import { twoRuns } from "./testing/results.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "assay-ci-"));
});
afterEach(() => rm(scratch, { recursive: true }));

it("a command that ended early leaves an error next to the runs that were finished", async () => {
  const [markdown, junit] = [join(scratch, "a.md"), join(scratch, "a.xml")];
  const files = await ciFiles({ markdown, junit, repeat: 1, failIf: [] });
  await files.write(twoRuns("n1 returned an old value"), "no space left on device");
  const xml = await readFile(junit, "utf8");
  expect(xml).toContain('<testsuite name="assay bench" tests="1" failures="0" errors="1"');
  expect(xml).toContain("no space left on device");
  expect(xml).toContain("n1 returned an old value");
  expect(await readFile(markdown, "utf8")).toContain("**Ended early:** no space left on device");
});
