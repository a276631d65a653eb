/** How many requests a second a system's HTTP interface takes at most, one kind of request after the other. */
import type { HttpKeys, HttpQuestion } from "../../adapters/http-keys.ts";
import type { ClientLoad, ClientProbe } from "../load/client-probe.ts";
import { type HttpFigures, httpLoad } from "./http-load.ts";

export interface CeilingOptions {
  /** All nodes together. */
  readonly connections: number;
  /** For each kind of request. */
  readonly seconds: number;
  readonly timeoutMs: number;
  /** Ends the load early: rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly key: string;
  readonly value: string;
}

export interface HttpCeiling extends HttpFigures {
  readonly request: "write" | "read";
  /** How this process fared during these requests. */
  readonly client: ClientLoad;
}

/** Writes a key as fast as the servers (`http://host:port`, one for each node) take it, then reads it. */
export async function httpCeilings(
  http: HttpKeys,
  servers: readonly string[],
  { key, value, ...load }: CeilingOptions,
  probe: ClientProbe,
): Promise<readonly HttpCeiling[]> {
  const reached = async (request: HttpCeiling["request"], asked: HttpQuestion): Promise<HttpCeiling> => {
    probe.start();
    const figures = await httpLoad({ ...load, ...asked, servers });
    const client = probe.stop();
    load.signal?.throwIfAborted();
    return { request, ...figures, client };
  };
  const write = await reached("write", http.write(key, value));
  return [write, await reached("read", http.read(key))];
}
