/**
 * HTTP load by autocannon, for what a system's HTTP interface takes at most. Its correction of coordinated omission is off: it takes
 * the time between requests to be 1 ms at any rate, and so invents thousands of fast answers. Its histogram holds whole milliseconds
 * and no time-outs; ours is filled from its events.
 */
import autocannon from "autocannon";
import { build } from "hdr-histogram-js";
import type { HttpQuestion } from "../../adapters/http-keys.ts";

export interface HttpLoadOptions extends HttpQuestion {
  /** Servers, `http://127.0.0.1:2379`: the connections are shared among them. */
  readonly servers: readonly string[];
  /** Connections to all servers together; each asks again when it has its answer. */
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second to all servers; absent: as many as they can. */
  readonly rate?: number;
  /** Milliseconds; autocannon keeps whole seconds. */
  readonly timeoutMs: number;
  /** Ends the load early; what came back until then is resolved. */
  readonly signal?: AbortSignal;
}

/** What came back. Times are service times, in microseconds: from the send to the answer. */
export interface HttpFigures {
  /** Answers of a status from 200 to 299. */
  readonly ok: number;
  /** Other answers, errors of connections and time-outs. */
  readonly failed: number;
  readonly okPerSecond: number;
  /** Latency of the `ok` answers; 0 if there were none. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Loads the servers for the given time and resolves with what came back. Rejects if an address or an option is not one. */
export async function httpLoad(options: HttpLoadOptions): Promise<HttpFigures> {
  const { servers, connections } = options;
  const answers = new Answers();
  const shares = servers.map((server, index) => ({
    server,
    connections: partOf(connections, { index, of: servers.length }),
  }));
  await Promise.all(
    shares.map((share) => (share.connections > 0 ? loadServer(share, options, answers) : undefined)),
  );
  return answers.figures(options.seconds);
}

const partOf = (total: number, { index, of }: { index: number; of: number }): number =>
  Math.floor(total / of) + (index < total % of ? 1 : 0);

function loadServer(
  { server, connections }: { readonly server: string; readonly connections: number },
  { method, path, body, rate, seconds, timeoutMs, servers, signal }: HttpLoadOptions,
  answers: Answers,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const load = autocannon(
      {
        url: `${server}${path}`,
        method,
        ...(body !== undefined && { body }),
        ...(rate !== undefined && { overallRate: rate / servers.length, ignoreCoordinatedOmission: true }),
        connections,
        duration: seconds,
        timeout: Math.ceil(timeoutMs / 1000),
      },
      (reason: unknown) => {
        signal?.removeEventListener("abort", stop);
        if (reason == null) resolve();
        else reject(reason);
      },
    );
    load.on("response", (_client, status, _bytes, ms) => answers.add(status, ms));
    load.on("reqError", () => answers.fail());
    const stop = () => load.stop();
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}

class Answers {
  readonly #latency = build({ numberOfSignificantValueDigits: 3 });
  #failed = 0;

  add(status: number, ms: number): void {
    if (status >= 200 && status < 300) this.#latency.recordValue(Math.max(1, Math.round(ms * 1000)));
    else this.fail();
  }

  fail(): void {
    this.#failed++;
  }

  figures(seconds: number): HttpFigures {
    const latency = this.#latency;
    const ok = latency.totalCount;
    const at = (percentile: number) => (ok === 0 ? 0 : latency.getValueAtPercentile(percentile));
    const max = ok === 0 ? 0 : latency.maxValue;
    return { ok, failed: this.#failed, okPerSecond: ok / seconds, p50: at(50), p99: at(99), max };
  }
}
