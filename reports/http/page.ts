/** One page for what the HTTP interfaces of systems take at most. It ranks nothing, and stands apart from all that is judged. */
import { count } from "../../core/wording.ts";
import { html } from "../html.ts";
import { pageAssets } from "../node-page.ts";
import { formatCount, formatMicros, formatRate } from "../numbers.ts";
import { number, scrollingTable, text } from "../panels/table.ts";
import { page } from "../shell.ts";

/** What one kind of request reached. Times are service times, in microseconds; 0 without an `ok` answer. */
export interface Ceiling {
  readonly request: "write" | "read";
  readonly ok: number;
  readonly failed: number;
  readonly okPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** What the same load reaches against a server that answers at once. */
  readonly nullServerPerSecond: number;
  /** Why the load generator, and not the system, set the figures, where it did. */
  readonly limited?: string;
}

/** The HTTP interface of one cluster. */
export interface HttpCeilingRun {
  readonly system: string;
  readonly version: string;
  readonly runtime: string;
  readonly nodes: number;
  /** To all nodes together. */
  readonly connections: number;
  /** Length of the load, for each kind of request. */
  readonly seconds: number;
  readonly ceilings: readonly Ceiling[];
}

/** Renders a self-contained HTML file that needs neither network nor script. */
export function renderHttp(runs: readonly HttpCeilingRun[], assayVersion: string): string {
  const limited = runs.flatMap(({ system, ceilings }) =>
    ceilings.flatMap(({ request, limited: why }) => (why === undefined ? [] : [{ system, request, why }])),
  );
  return page(
    {
      title: "HTTP ceilings · Assay",
      links: [
        ["#ceilings", "Ceilings"],
        ["#meaning", "What it means"],
      ],
      content: html`<section class="hero" aria-labelledby="verdict"><h1 id="verdict">HTTP ceilings</h1>
<p class="lead">How many requests per second the HTTP interfaces of ${count(runs.length, "system")} answered at most.</p></section>
<section aria-labelledby="ceilings"><h2 id="ceilings">Ceilings</h2>
${scrollingTable("HTTP ceilings", columns, runs.flatMap(rowsOf))}
${limited.map(({ system, request, why }) => html`<p class="note">Client-limited: ${request}s of ${system}: ${why}.</p>`)}</section>
<section aria-labelledby="meaning"><h2 id="meaning">What it means</h2>
<p>A closed loop: each connection asks again when it has its answer, first only writes of one key, then only reads of it in the system's
default read mode. There are no faults, no history and no verdict. Times are service times from the send to the answer, those of a queue that is always full, so
they are not comparable with the response times of other reports, which are taken at a given rate through the systems' own protocols (gRPC, jute).
The systems do different work for a request, so nothing is ranked here.</p></section>`,
      foot: `Assay ${assayVersion} · ${count(runs.length, "cluster")}`,
    },
    pageAssets(),
  );
}

const columns = [
  text("System"),
  text("Cluster"),
  text("Request"),
  number("Requests/s"),
  number("p50"),
  number("p99"),
  number("max"),
  number("Errors", "Answers of another status than 2xx, broken connections and time-outs"),
  number(
    "Null server",
    "Requests per second that the same load reaches against a server that answers at once",
  ),
  text("Limited by"),
];

const rowsOf = ({ system, version, runtime, nodes, connections, ceilings }: HttpCeilingRun) =>
  ceilings.map((ceiling) => ({
    cells: [
      `${system} ${version}`,
      `${count(nodes, "node")}, ${runtime}, ${count(connections, "connection")}`,
      ...ceilingCells(ceiling),
    ],
  }));

/** The cells of a ceiling, from the request on; the terminal's table has them, too. */
export function ceilingCells(ceiling: Ceiling): string[] {
  const time = (micros: number) => (ceiling.ok === 0 ? "–" : formatMicros(micros));
  return [
    ceiling.request,
    formatRate(ceiling.okPerSecond),
    time(ceiling.p50),
    time(ceiling.p99),
    time(ceiling.max),
    formatCount(ceiling.failed),
    formatRate(ceiling.nullServerPerSecond),
    ceiling.limited === undefined ? "the system" : "the client",
  ];
}
