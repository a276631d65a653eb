import { existsSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { renderReport } from "../../../reports/report.ts";
import { args, executablePath } from "../../../reports/testing/chromium.ts";
import { fixture, lines, ServedResults } from "./testing/served-results.ts";

const present = existsSync(executablePath);

if (!present) {
  const message = `no ${executablePath}: assay serve is not looked at in a browser (apt-get install chromium)`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(message);
}

describe.skipIf(!present)("assay serve in Chromium", { timeout: 120_000 }, () => {
  let browser: Browser;
  let results: ServedResults;
  let complaints: string[] = [];
  let requests: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    results = await ServedResults.start();
  });
  afterEach(() => results.remove());

  /** Opens a page of the server, and checks at the end that it complained of nothing and asked nobody else. */
  async function opened(
    path: string,
    look: (page: Page) => Promise<void>,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<void> {
    complaints = [];
    requests = [];
    const page = await browser.newPage(options);
    try {
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(new URL(path, results.url).href);
      await look(page);
      expect(complaints).toEqual([]);
      expect(requests.filter((url) => !url.startsWith(results.url))).toEqual([]);
    } finally {
      await page.close();
    }
  }

  const rows = (page: Page) => page.locator("tbody tr:visible");
  const tick = (page: Page, id: string) => page.locator(`input[value="${id}"]`).check();

  it("filters the list by all words, and unticks what is no longer seen", async () => {
    await results.stored("a", { system: { name: "etcd", version: "3.5.16" } });
    await results.stored("b", { verdict: "invalid" });
    await opened("/", async (page) => {
      await tick(page, "a");
      await page.getByLabel("Filter runs").fill("invalid reference");
      expect(await rows(page).count()).toBe(1);
      expect(await page.locator("output").textContent()).toBe("1 of 2 runs, 0 ticked");
      await page.getByLabel("Filter runs").fill("");
      expect(await rows(page).count()).toBe(2);
      expect(await page.locator("input:checked").count()).toBe(0);
    });
  });

  it("opens a report, whose charts work as they do in a file", async () => {
    await results.stored("a");
    await writeFile(
      results.at("a", "report.html"),
      renderReport(fixture.run, fixture.history, fixture.usage),
    );
    await opened("/", async (page) => {
      await page.getByRole("link", { name: "reference 0.1.0" }).click();
      await page.locator("html[data-ready]").waitFor();
      await page.getByRole("button", { name: "Zoom in" }).click();
      expect(await page.locator("output.range").textContent()).toMatch(/s to /);
      // An origin of its own: it cannot read the other reports.
      expect(await page.evaluate("self.origin")).toBe("null");
    });
  });

  it("runs no script that somebody put into a report, where Assay's policy stands", async () => {
    await results.stored("a");
    const page = renderReport(fixture.run, fixture.history, fixture.usage);
    const planted = page.replace("</main>", "<script>document.title = 'planted'</script></main>");
    await writeFile(results.at("a", "report.html"), planted);
    const tab = await browser.newPage();
    await tab.goto(new URL("/runs/a/report.html", results.url).href);
    await tab.locator("html[data-ready]").waitFor();
    expect(await tab.title()).not.toBe("planted");
    await tab.close();
  });

  it("compares two runs that are ticked, by keyboard, and leads to their reports", async () => {
    await results.stored("a");
    await results.stored("b", { runtime: "netns" });
    await opened("/", async (page) => {
      const compare = page.getByRole("button", { name: "Compare" });
      await page.locator('input[value="a"]').focus();
      await page.keyboard.press("Space");
      expect(await compare.isEnabled()).toBe(false);
      await tick(page, "b");
      await compare.focus();
      await page.keyboard.press("Enter");
      await page.locator("#side-by-side").waitFor();
      expect(page.url()).toMatch(/\/compare\?run=.&run=.$/);
      await page.locator('a[href="/runs/a/report.html"]').first().click();
      await page.locator("#verdict").waitFor();
    });
  });

  it("takes up a new run without a reload, and keeps the ticks", async () => {
    await results.stored("a");
    await opened("/", async (page) => {
      await tick(page, "a");
      await page.evaluate("document.documentElement.dataset.mine = ''");
      await results.going("b");
      await page.getByRole("link", { name: "Follow the one that is going on" }).waitFor();
      expect(await rows(page).count()).toBe(2);
      expect(await page.locator('input[value="a"]').isChecked()).toBe(true);
      expect(await page.locator("html[data-mine]").count()).toBe(1);
    });
  });

  it("follows two runs: charts and figures change without a reload, until one leads to its report", async () => {
    await results.going("a");
    await results.going("b");
    await opened("/", async (page) => {
      await page.getByRole("link", { name: "Follow the 2 that are going on" }).click();
      const of = (id: string) => page.locator(`[data-live-run="${id}"]`);
      for (const id of ["a", "b"]) await of(id).locator("svg.chart").nth(2).waitFor();
      const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
      expect(new Set(ids).size).toBe(ids.length);
      const counts = of("a").locator('[data-live-fact="counts"]');
      const [before, area] = [
        await counts.textContent(),
        await of("a").locator(".area.ok").getAttribute("d"),
      ];
      await page.evaluate("document.documentElement.dataset.mine = ''");
      await appendFile(results.at("a", "parts", "harness.jsonl"), lines.slice(400, 2_000).join(""));
      await expect.poll(() => counts.textContent()).not.toBe(before);
      expect(await of("a").locator(".area.ok").getAttribute("d")).not.toBe(area);
      expect(await of("a").locator('[data-live-fact="phase"]').textContent()).toMatch(/^running/);
      await results.ended("a");
      await of("a").getByRole("link", { name: "Open the report" }).waitFor();
      expect(await of("b").getByRole("link", { name: "Open the report" }).isVisible()).toBe(false);
      expect(await page.locator("html[data-mine]").count()).toBe(1);
      expect(await page.locator("[data-live-broken]").isVisible()).toBe(false);
    });
  });

  it("says so while the server is gone", async () => {
    await results.going("a");
    const page = await browser.newPage();
    await page.goto(new URL("/live?run=a", results.url).href);
    await page.locator("svg.chart").first().waitFor();
    await results.stop();
    await page.locator("[data-live-broken]").waitFor();
    await page.close();
  });

  it.each([1280, 390])("fits %d pixels, in the list and while following", async (width) => {
    await results.stored("a", { mutant: "read-without-quorum", nemeses: ["partition-constrained-election"] });
    await results.going("20260110T091502-reference-register-1234567890");
    for (const path of ["/", "/live?run=20260110T091502-reference-register-1234567890", "/compare"]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      await page.goto(new URL(path, results.url).href);
      if (path.startsWith("/live")) await page.locator("svg.chart").first().waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      await page.close();
    }
  });

  it("lists, opens and compares without scripts", async () => {
    await results.stored("a");
    await results.stored("b", { runtime: "netns" });
    const look = async (page: Page) => {
      await tick(page, "a");
      await tick(page, "b");
      await page.getByRole("button", { name: "Compare" }).click();
      await page.locator("#side-by-side").waitFor();
    };
    await opened("/", look, { javaScriptEnabled: false });
  });

  it("shows names that are markup as text", async () => {
    const id = `<img src=x onerror="document.title='planted'">`;
    await results.going(id, { system: { name: id, version: id }, nemeses: [id], workload: id });
    const change = { state: "begin", id: 1, summary: id, nodes: [id] };
    const fault = {
      index: 0,
      time: 1e9,
      type: "info",
      process: "nemesis",
      f: "fault",
      name: id,
      value: change,
    };
    await appendFile(results.at(id, "parts", "harness.jsonl"), `${JSON.stringify(fault)}\n`);
    await opened(`/live?run=${encodeURIComponent(id)}`, async (page) => {
      await expect.poll(() => page.locator('[data-live-fact="faults"]').textContent()).toContain(id);
      expect(await page.locator("img").count()).toBe(0);
      await page.goto(results.url);
      expect(await rows(page).first().textContent()).toContain(id);
      expect(await page.title()).toBe("Runs · Assay");
    });
  });
});
