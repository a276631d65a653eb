import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { register } from "../checker/models/register.ts";
import { renderHistoryReport } from "./history-report.ts";
import { renderReport } from "./report.ts";
import { args, executablePath } from "./testing/chromium.ts";
import { type Fixture, invalidFixture, staleFixture } from "./testing/runs.ts";

const present = existsSync(executablePath);

if (!present) {
  const message = `no ${executablePath}: the report is not looked at in a browser (apt-get install chromium)`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(message);
}

const render = ({ run, history, usage }: Fixture) => renderReport(run, history, usage, register());

/** The page of the same history where nothing is known but what its file holds. */
const historyPage = ({ run, history }: Fixture) =>
  renderHistoryReport(
    {
      verdict: run.verdict,
      verdicts: run.verdicts,
      operations: run.operations,
      file: "history.jsonl",
      format: "jsonl",
      model: "register",
      keys: 50,
      notes: [],
      command: "npm run assay -- check history.jsonl",
      assay: run.assay,
    },
    history,
    {},
  );

describe.skipIf(!present)("the report in Chromium", { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "assay-report-"));
  const file = (name: string) => join(directory, name);
  let browser: Browser;

  beforeAll(async () => {
    const invalid = invalidFixture();
    writeFileSync(file("invalid.html"), render(invalid));
    writeFileSync(file("stale.html"), render(staleFixture({ seconds: 12 })));
    writeFileSync(file("history.html"), historyPage(invalid));
    browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** A page of each kind, used again: a new one takes a second. */
  const pages = new Map<string, Page>();

  /** A page that has just loaded this file, with all that it says, and all that it asks of a network. */
  async function open(name: string, options: Parameters<Browser["newPage"]>[0] = {}) {
    const { viewport = { width: 1280, height: 900 }, ...kind } = options;
    const key = JSON.stringify(kind);
    const page = pages.get(key) ?? (await newPage(kind));
    pages.set(key, page);
    await page.goto("about:blank");
    await page.mouse.move(0, 0);
    if (viewport !== null) await page.setViewportSize(viewport);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.removeAllListeners();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(`file://${file(name)}`);
    return { page, complaints, requests };
  }

  async function newPage(kind: Parameters<Browser["newPage"]>[0]): Promise<Page> {
    const page = await browser.newPage(kind);
    page.setDefaultTimeout(60_000);
    // The theme that one test chose is not the next one's.
    await page.addInitScript("if (location.protocol === 'file:') localStorage.clear()");
    return page;
  }

  it("shows verdict, promise and numbers on the first screen, and charts before the checkers' rows", async () => {
    const { page } = await open("stale.html", { viewport: { width: 1280, height: 900 } });
    const bottom = (locator: Locator) => locator.evaluate((one) => one.getBoundingClientRect().bottom);
    expect(await bottom(page.locator("h1"))).toBeLessThan(300);
    const numbers = (await page.locator(".headline").allInnerTexts()).join(" ").replace(/\s+/g, " ");
    for (const name of [
      "Response, healthy",
      "Response under faults",
      "Longest without a write",
      "Longest without a read",
    ])
      expect(numbers).toContain(name);
    expect(await bottom(page.locator(".headline"))).toBeLessThan(900);
    expect(await bottom(page.locator("[data-plot=latency]"))).toBeLessThan(
      await bottom(page.locator("section[aria-labelledby=checks]")),
    );
  });

  it("shows at its edge that a table has more columns than a phone is wide", async () => {
    const { page } = await open("stale.html", { viewport: { width: 390, height: 844 } });
    const table = page.locator(".scroll").filter({ hasText: "Leader known" });
    const [room, width] = await table.evaluate(({ clientWidth, scrollWidth }) => [clientWidth, scrollWidth]);
    expect(width).toBeGreaterThan(room ?? 0);
    const attachment = await table.evaluate((one) =>
      one.computedStyleMap().getAll("background-attachment").map(String),
    );
    expect(attachment).toEqual(["local", "local", "scroll", "scroll"]);
  });

  it("on paper clips no table, and still says when the longest outage began", async () => {
    const { page } = await open("stale.html", { viewport: { width: 718, height: 1_000 } });
    await page.emulateMedia({ media: "print" });
    const clipped = await page.$$eval(".scroll", (tables) =>
      tables
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ ariaLabel }) => ariaLabel),
    );
    const shown = await page.isVisible(".headline a.zoom");
    await page.emulateMedia({ media: null });
    expect(clipped).toEqual([]);
    expect(shown).toBe(true);
  });

  for (const name of ["invalid.html", "stale.html", "history.html"]) {
    for (const width of [1280, 390]) {
      it(`${name} fits ${width} pixels, asks no network and has no complaint`, async () => {
        const { page, complaints, requests } = await open(name, { viewport: { width, height: 900 } });
        expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          width,
        );
        expect(complaints).toEqual([]);
        expect(requests).toEqual([`file://${file(name)}`]);
      });
    }
  }

  it("paints the scatter in the colours of the outcomes, and again for the dark theme", async () => {
    const { page } = await open("invalid.html");
    const light = await painted(page);
    expect(light.ok).toBeGreaterThan(2_000);
    expect(light.fail).toBeGreaterThan(100);
    expect(light.info).toBeGreaterThan(20);
    await page.getByRole("button", { name: "Dark theme" }).click();
    const dark = await painted(page);
    expect(dark.ok).toBeGreaterThan(2_000);
    expect(await background(page)).toBe("rgb(15, 19, 22)");
  });

  it("follows the system's theme until the reader chooses", async () => {
    const { page } = await open("invalid.html", { colorScheme: "dark" });
    expect(await background(page)).toBe("rgb(15, 19, 22)");
    await page.getByRole("button", { name: "Dark theme" }).click();
    expect(await background(page)).toBe("rgb(244, 245, 243)");
  });

  it("zooms all charts to what a drag spans, and back by a double click", async () => {
    const { page } = await open("invalid.html");
    const before = await page.locator("#percentiles-chart .time").textContent();
    await drag(page, "[data-plot=latency]", 300, 400);
    const range = page.locator("output.range");
    await range.filter({ hasText: "to" }).waitFor();
    const [from = 0, to = 0] = ((await range.textContent()) ?? "").match(/[\d.]+/g)?.map(Number) ?? [];
    expect(to - from).toBeGreaterThan(2);
    expect(to - from).toBeLessThan(4);
    expect(await page.locator("#percentiles-chart .time").textContent()).not.toBe(before);
    expect(await page.locator("#usage-memory .time").textContent()).toContain("s");
    await page.locator("[data-plot=lanes]").dblclick();
    expect(await page.locator("#percentiles-chart .time").textContent()).toBe(before);
  });

  it("zooms and moves by keyboard, and says the moment in words", async () => {
    const { page } = await open("invalid.html");
    await page.locator("[data-plot=throughput]").focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator(".tip");
    await tip.filter({ hasText: "p99" }).waitFor();
    expect(await tip.textContent()).toContain("15.6");
    await page.keyboard.press("+");
    expect(await page.locator("output.range").textContent()).toContain("to");
    await page.keyboard.press("0");
    expect(await page.locator("output.range").textContent()).toBe("");
  });

  it("draws and counts every operation where it was meant to start or where it was sent, as one choice says", async () => {
    const { page } = await open("invalid.html");
    const service = page.getByRole("button", { name: "service", exact: true });
    const seen = () =>
      page.evaluate<
        string[]
      >(`["#percentiles-chart", "#throughput-chart", ".headline", "section[aria-labelledby=faults]",
        "section[aria-labelledby=percentiles] table", "section[aria-labelledby=over-time] details"]
        .map((selector) => document.querySelector(selector))
        .map((element) => element instanceof SVGElement ? element.innerHTML : element.closest("details")
          ? [...element.querySelectorAll("td, th")].filter((cell) => cell.querySelector(".by-service")).map((cell) =>
              [...cell.querySelectorAll("span")].filter((span) => getComputedStyle(span).display !== "none").map((span) => span.textContent).join()).join()
          : element.innerText)`);
    const before = await seen();
    const painted = await page.evaluate<string>("document.querySelector('canvas').toDataURL()");
    await service.click();
    const after = await seen();
    for (const [i, text] of after.entries()) expect(text).not.toBe(before[i]);
    expect(await page.evaluate<string>("document.querySelector('canvas').toDataURL()")).not.toBe(painted);
    expect(await page.locator("dl.headline").textContent()).toContain("Service");
    expect(await page.locator(".headline .by-response").first().isVisible()).toBe(false);
  });

  it("keeps what is shown in its address, from which another page shows the same", async () => {
    const { page } = await open("invalid.html");
    await page.getByRole("button", { name: "service", exact: true }).click();
    await page.getByRole("button", { name: "read", exact: true }).click();
    await page.getByRole("link", { name: "F2 kill" }).first().click();
    await page.locator("[data-plot=latency]").focus();
    await page.keyboard.press("Enter");
    await page.locator(".slice .bar.chosen").waitFor();
    const address = await page.evaluate<string>("location.href");
    expect(address).toMatch(/#at=[\d.]+-[\d.]+&operation=read&measure=service&point=\d+$/);
    const shown =
      "[document.querySelector('#percentiles-chart').innerHTML, document.querySelector('.slice').innerText, document.querySelector('output.range').textContent]";
    const here = await page.evaluate(shown);
    await page.goto("about:blank");
    await page.goto(address);
    await page.locator(".slice .bar.chosen").waitFor();
    expect(await page.evaluate(shown)).toEqual(here);
  });

  it("opens the history of a key by keyboard, goes on to the next operation, and closes it", async () => {
    const { page } = await open("invalid.html");
    await page.locator("[data-plot=latency]").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const slice = page.locator(".slice");
    await slice.locator(".bar.chosen").waitFor();
    const first = await page.evaluate<string>("location.hash");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate<string>("location.hash")).not.toBe(first);
    await page.keyboard.press("ArrowLeft");
    expect(await page.evaluate<string>("location.hash")).toBe(first);
    await page.keyboard.press("Escape");
    expect(await slice.isHidden()).toBe(true);
    expect(await page.evaluate<string>("document.activeElement.dataset.plot")).toBe("latency");
  });

  it("shows a fault in the charts when its row is chosen", async () => {
    const { page } = await open("invalid.html");
    await page.getByRole("link", { name: "F2 kill" }).first().click();
    const range = (await page.locator("output.range").textContent()) ?? "";
    const [from = 0, to = 0] = range.match(/[\d.]+/g)?.map(Number) ?? [];
    expect(from).toBeLessThan(6.9);
    expect(to).toBeGreaterThan(8.5);
    expect(to - from).toBeLessThan(6);
  });

  it("describes the operation under the pointer, and opens what happened around it on the same key", async () => {
    const { page } = await open("invalid.html");
    await page.getByRole("link", { name: "F2 kill" }).first().click();
    const host = page.locator("[data-plot=latency]");
    await host.scrollIntoViewIfNeeded();
    const at = await page.evaluate<{ x: number; y: number }>(firstPaintedPixel);
    await page.mouse.move(at.x, at.y);
    expect(await page.locator(".tip").textContent()).toMatch(/process.* on n[123]/);
    await page.mouse.click(at.x, at.y);
    const slice = page.locator(".slice");
    await slice.locator(".bar.chosen").waitFor();
    expect(await slice.locator(".bar").count()).toBeGreaterThan(9);
    await slice.getByRole("button", { name: "Close" }).click();
    expect(await slice.isHidden()).toBe(true);
  });

  it("draws the order of the state that is chosen, by keyboard too", async () => {
    const { page } = await open("invalid.html");
    const orders = page.locator(".sketch-area .order");
    expect(await orders.nth(0).isVisible()).toBe(true);
    expect(await orders.nth(1).isVisible()).toBe(false);
    await page.getByRole("radio").first().focus();
    await page.keyboard.press("ArrowDown");
    expect(await orders.nth(0).isVisible()).toBe(false);
    expect(await orders.nth(1).isVisible()).toBe(true);
  });

  it("draws the order of the state under the pointer, and keeps the one that a finger chose", async () => {
    const { page } = await open("invalid.html", { viewport: { width: 390, height: 800 }, hasTouch: true });
    const orders = page.locator(".sketch-area .order");
    const states = page.locator(".states label");
    await states.nth(1).hover();
    await orders.nth(1).waitFor();
    expect(await orders.nth(0).isVisible()).toBe(false);
    await page.mouse.move(0, 0);
    await orders.nth(0).waitFor();
    await states.nth(1).tap();
    await orders.nth(1).waitFor();
    expect(await page.getByRole("radio").nth(1).isChecked()).toBe(true);
  });

  it("draws a stale read at phone width whole: the write that overwrote it, for how long, and the read", async () => {
    const { page } = await open("stale.html", { viewport: { width: 390, height: 800 } });
    const article = page.locator("article", { hasText: "900 ms after it had been overwritten by 57" });
    const area = article.locator(".sketch-area");
    expect(await area.locator(".bar").count()).toBe(3);
    expect(await area.locator(".gap text").textContent()).toContain("900");
    const id = await area.getAttribute("data-sketch");
    const [needed = 1, room = 0] = await widthsOf(page, `[data-sketch=${id}]`);
    expect(needed).toBeLessThanOrEqual(room);
  });

  it("unfolds the evidence of a further anomaly by keyboard, drawn for the page's width", async () => {
    const { page } = await open("stale.html");
    const article = page.locator("article", { hasText: "500 ms after it had been overwritten by 57" });
    expect(await article.locator(".bar").first().isVisible()).toBe(false);
    await article.getByText("Show the 3 operations").focus();
    await page.keyboard.press("Enter");
    await article.locator(".bar.culprit").waitFor();
    const area = `[data-sketch=${await article.locator(".sketch-area").getAttribute("data-sketch")}]`;
    const [, room = 0] = await widthsOf(page, area);
    await expect.poll(() => widthsOf(page, `${area} > *`)).toEqual([room, room]);
  });

  it("labels each window of stale reads next to its bar, and again after zooming", async () => {
    const { page } = await open("stale.html");
    const chart = page.locator("#staleness-chart");
    expect(await chart.textContent()).toMatch(/38 stale reads, up to .* s/);
    await page.locator("section[aria-labelledby=staleness] tbody a").first().click();
    await page.locator("output.range").filter({ hasText: "to" }).waitFor();
    expect(await chart.textContent()).toMatch(/stale reads, up to|\d\u202fm?s/);
  });

  it("says all but the scatter without scripts", async () => {
    const { page } = await open("invalid.html", {
      javaScriptEnabled: false,
      viewport: { width: 390, height: 800 },
    });
    for (const id of [
      "#percentiles-chart",
      "#throughput-chart",
      "#lanes-chart",
      "#spectrum-chart",
      ".sketch",
    ])
      expect(await page.locator(id).first().isVisible()).toBe(true);
    expect(await page.locator(".sentence").textContent()).toContain("Process 7 read 5107");
    expect(await page.locator(".toolbar").isVisible()).toBe(false);
  });
});

/** How wide the content of the first of these elements is, and its room. */
const widthsOf = (page: Page, selector: string): Promise<[content: number, room: number]> =>
  page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.querySelector(${JSON.stringify(selector)});
    return [scrollWidth, clientWidth];
  })()`);

/** How many pixels of the scatter have each outcome's colour, as the style has it now (within the points' transparency). */
function painted(page: Page): Promise<{ ok: number; fail: number; info: number }> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector("[data-plot=latency] canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const wanted = ["ok", "fail", "info"].map((name) => {
      const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
      return [name, [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))];
    });
    const counts = { ok: 0, fail: 0, info: 0 };
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 60) continue;
      for (const [name, colour] of wanted)
        if (colour.every((part, j) => Math.abs(part - data[i + j]) < 8)) counts[name]++;
    }
    return counts;
  })()`);
}

/** The middle of the first solid pixel of the scatter, in the window. */
const firstPaintedPixel = `(() => {
  const canvas = document.querySelector("[data-plot=latency] canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const box = canvas.getBoundingClientRect();
  const ratio = canvas.width / box.width;
  for (let i = 3; i < data.length; i += 4) {
    if (data[i] < 100) continue;
    const pixel = (i - 3) / 4;
    return { x: box.left + (pixel % canvas.width) / ratio, y: box.top + Math.floor(pixel / canvas.width) / ratio };
  }
})()`;

const background = (page: Page): Promise<string> =>
  page.evaluate("getComputedStyle(document.documentElement).backgroundColor");

async function drag(page: Page, selector: string, from: number, to: number): Promise<void> {
  const host = page.locator(selector);
  await host.scrollIntoViewIfNeeded();
  const box = await host.boundingBox();
  if (box === null) throw new Error(`${selector} is not on the page`);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + to, y, { steps: 3 });
  await page.mouse.up();
}
