/**
 * HTTP load by autocannon, for what a system's HTTP interface takes at most. Its correction of coordinated omission is off: it takes
 * the time between requests to be 1 ms at any rate, and so invents thousands of fast answers. Its histogram holds whole milliseconds
 * and no time-outs; ours is filled from its events.
 */
import autocannon from "autocannon";
import { build } from "hdr-histogram-js";

export interface HttpLoadOptions {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT";
  readonly body?: string;
  /** Each asks again when it has its answer. */
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second of all connections; absent: as many as they can. */
  readonly rate?: number;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/** What came back. Times are service times, in microseconds: from the send to the answer. */
export interface HttpFigures {
  /** Answers of a status from 200 to 299. */
  readonly ok: number;
  /** Other answers, errors of connections and time-outs. */
  readonly failed: number;
  readonly okPerSecond: number;
  /** Of `ok` answers; 0 if there were none. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Loads a URL for the given time and resolves with what came back. Rejects if the URL or an option is not one. */
export async function httpLoad(options: HttpLoadOptions): Promise<HttpFigures> {
  const { url, method, body, connections, seconds, rate, timeoutMs } = options;
  const latency = build({ numberOfSignificantValueDigits: 3 });
  let failed = 0;
  await new Promise<void>((resolve, reject) => {
    const load = autocannon(
      {
        url,
        method,
        ...(body !== undefined && { body }),
        ...(rate !== undefined && { overallRate: rate, ignoreCoordinatedOmission: true }),
        connections,
        duration: seconds,
        timeout: Math.ceil(timeoutMs / 1000),
      },
      (reason: unknown) => (reason == null ? resolve() : reject(reason)),
    );
    load.on("response", (_client, status, _bytes, ms) => {
      if (status >= 200 && status < 300) latency.recordValue(Math.max(1, Math.round(ms * 1000)));
      else failed++;
    });
    load.on("reqError", () => {
      failed++;
    });
  });
  const ok = latency.totalCount;
  const at = (percentile: number) => (ok === 0 ? 0 : latency.getValueAtPercentile(percentile));
  return {
    ok,
    failed,
    okPerSecond: ok / seconds,
    p50: at(50),
    p99: at(99),
    max: ok === 0 ? 0 : latency.maxValue,
  };
}
