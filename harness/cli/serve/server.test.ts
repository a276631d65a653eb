import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../../reports/comparison/digest.ts";
import { renderComparison } from "../../../reports/comparison/page.ts";
import { textOf } from "../../../reports/testing/page.ts";
import { fixture, lines, ServedResults } from "./testing/served-results.ts";

const { run, history, usage } = fixture;
let results: ServedResults;
beforeEach(async () => {
  results = await ServedResults.start();
});
afterEach(() => results.remove());

describe("assay serve: the list", () => {
  it("shows all runs, newest first, with what they came to", async () => {
    await results.stored("old", {
      startedAt: "2026-01-01T00:00:00.000Z",
      system: { name: "etcd", version: "3.5.16" },
    });
    await results.stored("new", {
      startedAt: "2026-01-02T00:00:00.000Z",
      verdict: "invalid",
      mutant: "forget-vote",
    });
    await mkdir(results.at("no-run"));
    await writeFile(results.at("page.html"), "a comparison");
    const { text } = await results.get("/");
    const shown = textOf(text);
    expect(shown).toContain("2 runs in");
    expect(shown).toMatch(
      /reference 0\.1\.0.*planted bug: forget-vote.*Invalid.*2026-01-02.*etcd 3\.5\.16.*Valid/,
    );
    expect(shown).not.toContain("no-run");
    expect(text).toContain('href="/runs/old/report.html"');
  });

  it("lists what it cannot read, with the reason, and the others all the same", async () => {
    await results.stored("good");
    await mkdir(results.at("broken"));
    await writeFile(results.at("broken", "run.json"), "{");
    await mkdir(results.at("foreign"));
    await symlink("/etc/passwd", results.at("foreign", "run.json"));
    const shown = textOf((await results.get("/")).text);
    expect(shown).toContain("3 runs");
    expect(shown).toContain("broken/run.json: expected JSON");
    expect(shown).toContain("foreign/run.json is a symbolic link to outside");
  });

  it("tells runs that go on from those that were killed", async () => {
    await results.going("running");
    await results.going("killed");
    const long = new Date(Date.parse("2026-01-10T00:00:00Z"));
    for (const name of ["run.json", "usage.jsonl", "parts/harness.jsonl"])
      await utimes(results.at("killed", name), long, long);
    await results.going("checking");
    await writeFile(results.at("checking", "history.jsonl"), lines.join(""));
    await mkdir(results.at("starting", "parts"), { recursive: true });
    const { text } = await results.get("/");
    for (const state of ["running", "killed", "checking", "starting"])
      expect(text).toMatch(new RegExp(`value="${state}" data-state="${state}"`));
    expect(text).toContain("the 3 that are going on");
  });

  it("escapes names that are markup, and links to them", async () => {
    const id = `"><img src=x onerror=alert(1)>&%2e%2e#?`;
    await results.stored(id, {
      system: { name: "<script>alert(1)</script>", version: "'\"><b>" },
      workload: "<i>w</i>",
      nemeses: ["<u>"],
    });
    const { text } = await results.get("/");
    expect(text).not.toMatch(/<img src=x|<script>alert|<i>w|<u>|<b>"/);
    const [, href = ""] = /href="(\/runs\/[^"]+)"/.exec(text) ?? [];
    expect((await results.get(href)).status).toBe(200);
  });
});

describe("assay serve: reports", () => {
  it("opens a stored report in an origin of its own, and renders one that is missing without storing it", async () => {
    await results.stored("a");
    const rendered = await results.get("/runs/a/report.html");
    expect(rendered.text).toContain('<h1 id="verdict"');
    expect((await results.get("/runs/a/report.html")).headers.get("content-security-policy")).not.toContain(
      "sandbox",
    );
    await writeFile(results.at("a", "report.html"), "<p>stored ü</p>");
    const { text, headers } = await results.get("/runs/a/report.html");
    expect(text).toBe("<p>stored ü</p>");
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none';.* sandbox allow-scripts/);
  });

  it("leads from the report of a run that goes on to its live page", async () => {
    await results.going("a");
    const { status, headers } = await results.get("/runs/a/report.html");
    expect([status, headers.get("location")]).toEqual([303, "/live?run=a"]);
  });

  it("compares as assay report does", async () => {
    await results.stored("a");
    await results.stored("b", { runtime: "netns" });
    const digest = digestOf(run, history, usage);
    const page = renderComparison([
      { ...digest, run: { ...run, id: "a" }, href: "/runs/a/report.html" },
      { ...digest, run: { ...run, id: "b", runtime: "netns" }, href: "/runs/b/report.html" },
    ]);
    expect((await results.get("/compare?run=a&run=b")).text).toBe(page);
  });

  it.each([
    ["/compare", 400, "Tick at least two"],
    ["/compare?run=a", 400, "Tick at least two"],
    ["/compare?run=a&run=a", 422, "the same run as"],
    ["/compare?run=a&run=nowhere", 404, "no run nowhere"],
    ["/compare?run=a&run=going", 409, "still going on"],
    ["/compare?run=a&run=broken", 422, "broken"],
    ["/live", 400, "No run is named"],
    ["/live?run=<script>", 404, "no run &lt;script&gt;"],
    ["/runs/nowhere/report.html", 404, "no run nowhere"],
  ])("answers %s with %d and a page that says why", async (path, status, why) => {
    await results.stored("a");
    await results.going("going");
    await mkdir(results.at("broken"));
    await writeFile(results.at("broken", "run.json"), '{"version":1}');
    const answer = await results.get(path);
    expect(answer.status).toBe(status);
    expect(answer.text.slice(answer.text.indexOf("<main"))).toContain(why);
  });
});
