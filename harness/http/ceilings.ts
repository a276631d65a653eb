/** How many requests a second a system's HTTP interface takes at most, one kind of request after the other. */
import type { HttpKeys } from "../../adapters/http-keys.ts";
import { type HttpFigures, httpLoad } from "./http-load.ts";

export interface CeilingOptions {
  /** All nodes together. */
  readonly connections: number;
  /** For each kind of request. */
  readonly seconds: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly key: string;
  readonly value: string;
}

export interface HttpCeiling extends HttpFigures {
  readonly request: "write" | "read";
}

/** Writes a key as fast as the servers (`http://host:port`, one for each node) take it, then reads it. */
export async function httpCeilings(
  http: HttpKeys,
  servers: readonly string[],
  { key, value, ...load }: CeilingOptions,
): Promise<readonly HttpCeiling[]> {
  const write = await httpLoad({ ...load, ...http.write(key, value), servers });
  const read = await httpLoad({ ...load, ...http.read(key), servers });
  return [
    { request: "write", ...write },
    { request: "read", ...read },
  ];
}
