import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { args, executablePath } from "../../../reports/testing/chromium.ts";
import { junitOf } from "./junit.ts";
import { hostile, twoRuns } from "./testing/results.ts";

const present = existsSync(executablePath);
if (!present) {
  const message = `no ${executablePath}: JUnit XML is not parsed by a browser (apt-get install chromium)`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(message);
}

/** What a strict parser of XML reads. */
interface Parsed {
  readonly error: string | null;
  readonly suites: readonly Record<string, string>[];
  readonly cases: readonly (Record<string, string> & { readonly problem: string; readonly text: string })[];
}

/** Runs in the browser, whose types are not known here. */
const parser = `(xml) => {
  const page = new DOMParser().parseFromString(xml, "application/xml");
  const attributes = (element) => Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
  return {
    error: page.querySelector("parsererror")?.textContent ?? null,
    suites: [...page.querySelectorAll("testsuite")].map(attributes),
    cases: [...page.querySelectorAll("testcase")].map((one) => ({
      ...attributes(one),
      problem: one.firstElementChild?.tagName ?? "",
      text: one.firstElementChild?.textContent ?? "",
      message: one.firstElementChild?.getAttribute("message") ?? "",
    })),
  };
}`;

describe.skipIf(!present)("junitOf()", { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args, timeout: 60_000 });
  }, 120_000);
  afterAll(async () => browser?.close());

  async function parsed(xml: string): Promise<Parsed> {
    const page = await browser.newPage();
    const result = await page.evaluate(`(${parser})(${JSON.stringify(xml)})`);
    await page.close();
    return result as Parsed;
  }

  it("is XML, whatever systems and histories say, and loses none of it that XML can hold", async () => {
    const { error, cases } = await parsed(junitOf(twoRuns(hostile)));
    expect(error).toBeNull();
    const found = cases.find(({ problem, name }) => problem === "failure" && name?.includes("promises"));
    expect(found?.["message"]).toContain(`<script>alert("1")</script> & 'a' ]]> | **b**`);
    expect(found?.["message"]).toContain("@everyone\nsecond line U+0000U+001B[31mU+D800 ünï 漢字 😀");
    expect(found?.text).toContain("records: results/1");
  });

  it("has a test case for each run and for each threshold of each run", async () => {
    const { suites, cases } = await parsed(junitOf(twoRuns("n1 returned an old value")));
    const problems = (words: string) =>
      cases.filter(({ name }) => name?.includes(words)).map(({ problem }) => problem);
    expect(problems("keeps its promises")).toEqual(["", "failure"]);
    expect(problems("read.p50 > 1us")).toEqual(["failure", "failure"]);
    expect(problems("list.p50 > 1ms")).toEqual(["error", "error"]);
    expect(problems("read.p50 > 100s")).toEqual(["", ""]);
    expect(cases).toHaveLength(8);
    expect(suites).toHaveLength(2);
  });

  it("counts as the test cases say", async () => {
    const { suites, cases } = await parsed(junitOf(twoRuns("n1 returned an old value")));
    for (const { name, tests, failures, errors } of suites) {
      const own = cases.filter(({ classname }) => classname === name);
      const of = (kind: string) => `${own.filter(({ problem }) => problem === kind).length}`;
      expect([tests, failures, errors]).toEqual([`${own.length}`, of("failure"), of("error")]);
    }
  });
});
