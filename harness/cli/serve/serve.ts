/** `assay serve`: shows the runs of a results folder in a browser. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../core/clock.ts";
import { UsageError } from "../../../core/errors.ts";
import { ownVersion } from "../../../core/program/version.ts";
import { count } from "../../../core/wording.ts";
import type { Output } from "../output.ts";
import { isLoopback } from "./hosts.ts";
import { ResultsServer } from "./server.ts";

export interface ServeOptions {
  readonly results: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Serves until `signal` is aborted, and then ends at once, streams included. Rejects with a UsageError if it cannot listen. */
export async function serve(
  { results, host, port }: ServeOptions,
  { clock, output, signal }: { readonly clock: Clock; readonly output: Output; readonly signal: AbortSignal },
): Promise<void> {
  const failed = (line: string) => output.note(line);
  const answers = await ResultsServer.open({ results, host, version: ownVersion, clock, failed });
  const server = createServer(answers.handle);
  const { address, port: taken } = await listening(server, host, port);
  if (!isLoopback(address))
    output.note(
      `warning: everybody who reaches ${host} can read the runs in ${results}: without --host, only this machine can`,
    );
  const url = `http://${urlHost(host)}:${taken}/`;
  output.print(`${url}  ${count(await answers.count(), "run")} in ${results}; Ctrl-C ends`);
  output.result({ url, results });
  await aborted(signal);
  await closed(server);
}

function listening(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (reason) => reject(new UsageError(whyNot(reason, host, port))));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve(address);
    });
  });
}

function whyNot(reason: NodeJS.ErrnoException, host: string, port: number): string {
  const other = "choose another with --port N, or any that is free with --port 0";
  switch (reason.code) {
    case "EADDRINUSE":
      return `port ${port} of ${host} is in use: ${other}`;
    case "EACCES":
      return `port ${port} of ${host} may not be used by this user: ${other}`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine: leave --host away, or name one that is`;
    default:
      return `cannot listen on port ${port} of ${host}: ${reason.message}`;
  }
}

/** As an address holds it. */
const urlHost = (host: string): string => (host.includes(":") ? `[${host}]` : host);

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
