import { describe, expect, it } from "vitest";
import { type Ceiling, type HttpCeilingRun, renderHttp } from "./page.ts";

const ceiling = (more: Partial<Ceiling> = {}): Ceiling => ({
  request: "write",
  ok: 9000,
  failed: 3,
  okPerSecond: 1800,
  p50: 2500,
  p99: 40_000,
  max: 81_000,
  nullServerPerSecond: 9876,
  ...more,
});
const run = (...ceilings: Ceiling[]): HttpCeilingRun => ({
  system: "consul",
  version: "1.8.7",
  runtime: "netns",
  nodes: 3,
  connections: 48,
  seconds: 5,
  ceilings,
});
/** Texts of the table's cells, row by row. */
const rowsOf = (page: string) =>
  [...page.matchAll(/<tr>(.*?)<\/tr>/gs)]
    .map(([, row = ""]) =>
      [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = ""]) => cell.replaceAll(/\s/g, " ")),
    )
    .slice(1);

describe("renderHttp()", () => {
  it("has a row for each kind of request, with the ceiling of the clients next to what was reached", () => {
    const rows = rowsOf(renderHttp([run(ceiling(), ceiling({ request: "read", failed: 0 }))], "1"));
    expect(rows).toEqual([
      [
        "consul 1.8.7",
        "3 nodes, netns, 48 connections",
        "write",
        "1,800",
        "2.50 ms",
        "40.0 ms",
        "81.0 ms",
        "3",
        "9,876",
        "the system",
      ],
      [
        "consul 1.8.7",
        "3 nodes, netns, 48 connections",
        "read",
        "1,800",
        "2.50 ms",
        "40.0 ms",
        "81.0 ms",
        "0",
        "9,876",
        "the system",
      ],
    ]);
  });

  it("has a dash for latencies without an answer", () => {
    const [row] = rowsOf(renderHttp([run(ceiling({ ok: 0, okPerSecond: 0, p50: 0, p99: 0, max: 0 }))], "1"));
    expect(row?.slice(4, 7)).toEqual(["–", "–", "–"]);
  });

  it("says where the clients set a figure, and why", () => {
    const page = renderHttp([run(ceiling({ limited: "the event loop was 99% busy" }), ceiling())], "1");
    expect(rowsOf(page).map((row) => row.at(-1))).toEqual(["the client", "the system"]);
    expect(page).toContain("Client-limited: writes of consul: the event loop was 99% busy.");
  });

  it("is one file that loads nothing, and ranks nothing", () => {
    const page = renderHttp([run(ceiling())], "1");
    expect(/<script[^>]*\ssrc=|<link[^>]*stylesheet/.test(page)).toBe(false);
    const main = page.slice(page.indexOf("<main"), page.indexOf("</main>"));
    expect(main).not.toMatch(/fastest|slowest|best|winner/i);
  });
});
