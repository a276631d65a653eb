/** Reports and comparisons of stored runs. */
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../../../core/clock.ts";
import { type Digest, digestOf } from "../../../reports/comparison/digest.ts";
import { renderComparison } from "../../../reports/comparison/page.ts";
import { readCompleted } from "../report/completed.ts";
import { refuseRepeated } from "../report/report.ts";
import { renderStored } from "../report/write-report.ts";
import { headersOf, pageType, renderedPolicy, sendPage, storedPolicy } from "./respond.ts";
import { openPlaced, type RunPlace } from "./results-folder.ts";

/** A run to compare, and the address of its report. */
export interface Compared {
  readonly dir: string;
  readonly href: string;
}

export class Pages {
  readonly #clock: Clock;
  /** One history is in memory at a time. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends the stored report of a run, or one that is rendered now and not stored: this server writes nothing. */
  async sendReport({ dir, files }: RunPlace, response: ServerResponse): Promise<void> {
    const stored = files["report.html"];
    if (stored === undefined) {
      const { page } = await this.#inTurn(async () => renderStored(await readCompleted(dir, this.#clock)));
      sendPage(response, page, { policy: renderedPolicy() });
      return;
    }
    const handle = await openPlaced(stored);
    try {
      const { size } = await handle.stat();
      response.writeHead(200, { ...headersOf(pageType, storedPolicy), "Content-Length": size });
      // As much as was announced, even if the file grows.
      const body = size === 0 ? [] : handle.createReadStream({ autoClose: false, start: 0, end: size - 1 });
      await pipeline(body, response);
    } catch (reason) {
      // The reader left.
      if ((reason as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw reason;
    } finally {
      await handle.close();
    }
  }

  /** Renders the page that `assay report A B` writes. Rejects with a UsageError if a run is named twice or unreadable. */
  async compare(runs: readonly Compared[]): Promise<string> {
    await refuseRepeated(runs.map(({ dir }) => dir));
    const digests = await this.#inTurn(async () => {
      const all = [];
      for (const { dir, href } of runs) all.push({ ...(await this.#digest(dir)), href });
      return all;
    });
    return renderComparison(digests);
  }

  async #digest(dir: string): Promise<Digest> {
    const { run, history, usage } = await readCompleted(dir, this.#clock);
    return digestOf(run, history, usage);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }
}
