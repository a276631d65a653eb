import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

/** In a process of its own: this one must not keep a raised priority. */
const script = `
import { getPriority } from "node:os";
import { readdirSync } from "node:fs";
import { raisePriority } from ${JSON.stringify(new URL("./priority.ts", import.meta.url).href)};
const before = getPriority();
const raised = raisePriority();
const after = readdirSync("/proc/self/task").map(Number).map((thread) => getPriority(thread));
console.log(JSON.stringify({ before, raised, after }));`;

it("a load worker's threads all have the raised priority, or none where that is not permitted", async () => {
  const argv = ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const { before, raised, after } = JSON.parse(stdout);
  expect(after.length).toBeGreaterThan(1);
  expect(new Set(after)).toEqual(new Set([raised ? -10 : before]));
});
