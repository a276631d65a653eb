import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { args, executablePath } from "../testing/chromium.ts";
import { type Fixture, staleFixture, unknownFixture, validFixture } from "../testing/runs.ts";
import { digestOf } from "./digest.ts";
import { renderComparison } from "./page.ts";

const present = existsSync(executablePath);

if (!present) {
  const message = `no ${executablePath}: the comparison is not looked at in a browser (apt-get install chromium)`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(message);
}

/** The same run in another runtime, so that it is not taken for a repetition. */
const elsewhere = ({ run, ...rest }: Fixture): Fixture => ({ run: { ...run, runtime: "netns" }, ...rest });

describe.skipIf(!present)("the comparison in Chromium", { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), "assay-comparison-"));
  const url = `file://${join(directory, "comparison.html")}`;
  let browser: Browser;

  beforeAll(async () => {
    const fixtures = [
      validFixture(),
      // A repetition, so that figures have a range.
      validFixture({ seed: 8 }),
      staleFixture({ seconds: 12 }),
      elsewhere(unknownFixture({ seconds: 12 })),
    ];
    const digests = fixtures.map(({ run, history, usage }, i) => ({
      ...digestOf(run, history, usage),
      href: `run-${i}/report.html`,
    }));
    writeFileSync(join(directory, "comparison.html"), renderComparison(digests));
    browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Calls `look` with the page, just loaded, and all that it complained of and asked a network for. */
  async function opened(
    options: Parameters<Browser["newPage"]>[0],
    look: (page: Page, complaints: readonly string[], requests: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(url);
    await look(page, complaints, requests);
    await page.close();
  }

  const charts = (page: Page) => page.locator("section[aria-labelledby=over-time] svg.chart:visible");

  it.each([1280, 390])("fits %d pixels, asks no network and has no complaint", (width) =>
    opened({ viewport: { width, height: 900 } }, async (page, complaints, requests) => {
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
    }),
  );

  it.each([1280, 390])(
    "keeps every figure within its cell at %d pixels, ranges of repetitions too",
    (width) =>
      opened({ viewport: { width, height: 900 } }, async (page) => {
        expect(
          await page.locator("section[aria-labelledby=side-by-side] .range:visible").count(),
        ).toBeGreaterThan(5);
        const beyond = await page
          .locator("td")
          .evaluateAll((cells) =>
            cells
              .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
              .map(({ textContent }) => textContent),
          );
        expect(beyond).toEqual([]);
      }),
  );

  it("shows all charts and figures by the measure that is chosen, by keyboard", () =>
    opened({}, async (page) => {
      const names = () =>
        charts(page).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label") ?? ""));
      const before = await names();
      expect(before.every((name) => name.startsWith("response time"))).toBe(true);
      const cell = page.locator("section[aria-labelledby=side-by-side] .amount:visible").first();
      const figure = await cell.textContent();
      await page.getByRole("button", { name: "service" }).focus();
      await page.keyboard.press("Enter");
      const after = await names();
      expect(after.length).toBe(before.length);
      expect(after.every((name) => name.startsWith("service time"))).toBe(true);
      expect(await cell.textContent()).not.toBe(figure);
    }));

  it("says all without scripts", () =>
    opened({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } }, async (page) => {
      expect(await charts(page).count()).toBe(6);
      expect(await page.locator(".toolbar").isVisible()).toBe(false);
      expect(await page.locator(".conclusions").textContent()).toContain("broke its promise");
    }));

  it("prints on white paper, all charts within the page, with the theme dark", () =>
    opened({ colorScheme: "dark", viewport: { width: 720, height: 900 } }, async (page) => {
      await page.emulateMedia({ media: "print" });
      expect(
        await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"),
      ).toBe("#f4f5f3");
      const widths = await charts(page).evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().right),
      );
      expect(Math.max(...widths)).toBeLessThanOrEqual(720);
    }));
});
