/** Answers the requests of `assay serve`. It only reads, and only records of runs in one results folder. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, sleep } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import { millis } from "../../../core/time.ts";
import { addresses, liveAddress, reportAddress } from "../../../reports/runs/addresses.ts";
import { renderList } from "../../../reports/runs/list-page.ts";
import { liveEvents } from "../../../reports/runs/live.ts";
import { renderLive } from "../../../reports/runs/live-page.ts";
import { renderMessage } from "../../../reports/runs/message-page.ts";
import { goesOn } from "../../../reports/runs/row.ts";
import { Followers } from "./follow.ts";
import { isOwnHost } from "./hosts.ts";
import { Pages } from "./pages.ts";
import { redirect, renderedPolicy, sendPage } from "./respond.ts";
import { OutsideError, ResultsFolder } from "./results-folder.ts";
import { type FoundRun, Runs } from "./runs.ts";
import { Streams } from "./streams.ts";

export interface ServerOptions {
  /** The results directory as the user named it. */
  readonly results: string;
  /** The host to listen on as the user named it. */
  readonly host: string;
  /** Version of Assay. */
  readonly version: string;
  readonly clock: Clock;
  /** Receives what kept a request from being answered. */
  readonly failed: (line: string) => void;
}

/** Why a request is not answered as it was meant. */
class Refusal extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

/** Interval between looks at the folder, while somebody looks at the list. */
const listInterval = millis(2_000);

export class ResultsServer {
  readonly #options: ServerOptions;
  readonly #runs: Runs;
  readonly #pages: Pages;
  readonly #followers: Followers;
  readonly #streams = new Streams();

  private constructor(options: ServerOptions, folder: ResultsFolder) {
    this.#options = options;
    this.#runs = new Runs(folder, options.clock);
    this.#pages = new Pages(options.clock);
    this.#followers = new Followers(this.#runs, options.clock, this.#note);
  }

  /** Rejects with a UsageError if the results directory is not one. */
  static async open(options: ServerOptions): Promise<ResultsServer> {
    return new ResultsServer(options, await ResultsFolder.open(options.results));
  }

  /** How many runs there are now. */
  async count(): Promise<number> {
    return (await this.#runs.list()).length;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#answer(request, response).catch((reason) => this.#refuse(response, reason));
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, ids } = this.#asked(request, response);
    switch (path) {
      case addresses.list: {
        const { results, version } = this.#options;
        sendPage(response, renderList({ results, version, rows: await this.#runs.list() }));
        return;
      }
      case addresses.compare:
        sendPage(response, await this.#compared(ids), { policy: renderedPolicy() });
        return;
      case addresses.live: {
        const rows = (await this.#named(ids)).map(({ row }) => row);
        if (rows.length === 0)
          throw new Refusal(400, "Nothing to follow", "no run is named: tick those that are going on");
        sendPage(response, renderLive(rows, this.#options.version));
        return;
      }
      case addresses.events:
        await this.#events(ids, request, response);
        return;
      default:
        await this.#report(path, response);
    }
  }

  /** What is asked for, if it may be. */
  #asked(
    { method, url = "", headers }: IncomingMessage,
    response: ServerResponse,
  ): { readonly path: string; readonly ids: readonly string[] } {
    if (!isOwnHost(headers.host, this.#options.host))
      throw new Refusal(
        421,
        "Not this server",
        `the request is for ${headers.host ?? "no host"}, which is not this server: open the address that assay serve printed`,
      );
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      throw new Refusal(
        405,
        "Not allowed",
        `${method} is not allowed: this server only shows what is stored`,
      );
    }
    if (!url.startsWith("/")) throw new Refusal(400, "Bad address", "the address does not begin with /");
    const [path = "", ...query] = url.split("?");
    return { path, ids: new URLSearchParams(query.join("?")).getAll("run") };
  }

  /** `/runs/ID/report.html` */
  async #report(path: string, response: ServerResponse): Promise<void> {
    const [, encoded] = /^\/runs\/([^/]+)\/report\.html$/.exec(path) ?? [];
    const id = encoded === undefined ? undefined : decoded(encoded);
    if (id === undefined) throw new Refusal(404, "Not found", "nothing has this address");
    const [found] = await this.#named([id]);
    if (found === undefined) return;
    if (goesOn(found.row.state)) redirect(response, liveAddress([id]));
    else await this.#pages.sendReport(found.place, response);
  }

  async #compared(ids: readonly string[]): Promise<string> {
    if (ids.length < 2) throw new Refusal(400, "Nothing to compare", "tick at least two runs");
    const found = await this.#named(ids);
    const going = found.find(({ row }) => goesOn(row.state));
    if (going !== undefined)
      throw new Refusal(409, "Not ended", `${going.row.id} is still going on: compare it when it has ended`);
    return this.#pages.compare(
      found.map(({ place, row }) => ({ dir: place.dir, href: reportAddress(row.id) })),
    );
  }

  async #named(ids: readonly string[]): Promise<FoundRun[]> {
    const found: FoundRun[] = [];
    for (const id of ids) {
      const run = await this.#runs.find(id);
      if (run === undefined) throw new Refusal(404, "Not found", `there is no run ${id}`);
      found.push(run);
    }
    return found;
  }

  async #events(ids: readonly string[], request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#streams.isFull)
      throw new Refusal(503, "Too many readers", "too many pages are open: close some, and try again");
    const named = new Set((await this.#named(ids)).map(({ row }) => row.id));
    // A reader that has closed the connection meanwhile would keep its stream for good.
    if (response.destroyed) return;
    if (named.size > 0) this.#followAll(named, request, response);
    else await this.#watchList(request, response);
  }

  #followAll(left: Set<string>, request: IncomingMessage, response: ServerResponse): void {
    const leaves: (() => void)[] = [];
    const stream = this.#streams.begin(request, response, () => {
      for (const leave of leaves) leave();
    });
    for (const id of [...left])
      leaves.push(
        this.#followers.follow(id, (packed, isLast) => {
          stream.send(liveEvents.run, packed);
          if (!isLast || !left.delete(id) || left.size > 0) return;
          stream.send(liveEvents.end, "");
          stream.end();
        }),
      );
  }

  async #watchList(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    const stream = this.#streams.begin(request, response, () => gone.abort());
    const look = async () =>
      JSON.stringify(
        (await this.#runs.list()).map(({ id, state, summary }) => [id, state, summary?.verdict]),
      );
    let before = await look();
    while (!gone.signal.aborted) {
      await sleep(this.#options.clock, listInterval, gone.signal).catch(() => {});
      if (gone.signal.aborted) return;
      const now = await look();
      if (now !== before) stream.send(liveEvents.list, "");
      before = now;
    }
  }

  #refuse(response: ServerResponse, reason: unknown): void {
    if (response.headersSent) {
      this.#note(reason);
      response.destroy();
      return;
    }
    const { status, title, text } = this.#explained(reason);
    sendPage(response, renderMessage({ title, text, version: this.#options.version }), { status });
  }

  #explained(reason: unknown): { readonly status: number; readonly title: string; readonly text: string } {
    if (reason instanceof Refusal)
      return { status: reason.status, title: reason.title, text: reason.message };
    if (reason instanceof OutsideError) return { status: 403, title: "Not read", text: reason.message };
    if (reason instanceof UsageError) return { status: 422, title: "Unreadable", text: reason.message };
    this.#note(reason);
    return { status: 500, title: "Failed", text: "the request could not be answered: the terminal says why" };
  }

  readonly #note = (reason: unknown): void =>
    this.#options.failed(`could not answer: ${reason instanceof Error ? reason.message : String(reason)}`);
}

/** Undefined if it is not what an address may hold. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
