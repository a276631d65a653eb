import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServedResults } from "./testing/served-results.ts";

let results: ServedResults;
beforeEach(async () => {
  results = await ServedResults.start();
});
afterEach(() => results.remove());

describe("assay serve: what nobody may", () => {
  it.each([
    "/../precious",
    "/runs/../../precious",
    "/runs/%2e%2e/report.html",
    "/runs/..%2f..%2fprecious/report.html",
    "/runs/%2e%2e%2fprecious/report.html",
    "/runs/..%5c..%5cprecious/report.html",
    "/runs/a%00/report.html",
    "/runs/%/report.html",
    "/runs//report.html",
    "/runs/a/history.jsonl",
    "/runs/a/../../../precious",
    "//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "http://127.0.0.1/etc/passwd",
    "*",
    "/events?run=..%2fprecious",
    "/live?run=..",
    "/compare?run=a&run=%2fetc",
  ])("read anything by asking for %s", async (target) => {
    await results.stored("a");
    await writeFile(join(results.root, "precious"), "precious content");
    await mkdir(join(results.root, "report.html"), { recursive: true });
    const answer = await results.raw(target);
    expect(answer).toMatch(/^HTTP\/1\.1 40[0-9] /);
    expect(answer).not.toMatch(/precious content|root:x:/);
  });

  it.each([
    ["/runs/out/report.html", 403],
    ["/runs/a/report.html", 403],
    ["/compare?run=b&run=history", 403],
    ["/events?run=history", 403],
  ])("follow a link out of the folder: %s", async (path, status) => {
    for (const id of ["a", "b", "history"]) await results.stored(id);
    await mkdir(join(results.root, "elsewhere"));
    await writeFile(join(results.root, "elsewhere", "report.html"), "precious");
    await symlink(join(results.root, "elsewhere"), results.at("out"));
    await symlink(join(results.root, "elsewhere", "report.html"), results.at("a", "report.html"));
    await rm(results.at("history", "history.jsonl"));
    await symlink(join(results.root, "elsewhere", "report.html"), results.at("history", "history.jsonl"));
    const answer = await results.get(path);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain("precious");
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s", async (method) => {
    expect(await results.raw("/", { method })).toMatch(/^HTTP\/1\.1 405 .*\r\n(.*\r\n)*Allow: GET, HEAD/);
  });

  it.each(["evil.example", "evil.example:8010", "127.0.0.1.evil.example"])(
    "come by the name %s",
    async (host) => {
      await results.stored("a");
      expect(await results.raw("/", { host })).toMatch(/^HTTP\/1\.1 421 /);
      expect(await results.raw("/events?run=a", { host })).toMatch(/^HTTP\/1\.1 421 /);
    },
  );

  it("gets headers alone with HEAD", async () => {
    await results.stored("a");
    for (const path of ["/", "/runs/a/report.html", "/events?run=a"])
      expect(await results.raw(path, { method: "HEAD" })).toMatch(/^HTTP\/1\.1 200 OK\r\n([^\r]+\r\n)+\r\n$/);
  });
});
