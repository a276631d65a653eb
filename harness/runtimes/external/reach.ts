/** Whether an endpoint accepts connections, and in people's words why it does not. */
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Endpoint, Tls } from "../../../adapters/adapter.ts";
import { CouldNotRunError } from "../../../core/errors.ts";

const patienceMs = 3000;

/** Why no connection to the endpoint can be made within `limitMs`; undefined if one can. Never rejects. */
export function unreachable(
  { host, port }: Endpoint,
  tls?: Tls,
  limitMs = patienceMs,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket =
      tls === undefined
        ? connectTcp({ host, port, timeout: limitMs })
        : connectTls({
            host,
            port,
            timeout: limitMs,
            ca: tls.ca,
            ...(tls.certificate !== undefined && { cert: tls.certificate }),
            ...(tls.key !== undefined && { key: tls.key }),
          });
    const end = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once(tls === undefined ? "connect" : "secureConnect", () => end(undefined));
    socket.once("timeout", () => end(`no answer within ${limitMs / 1000} s`));
    socket.once("error", (reason: NodeJS.ErrnoException) => end(wordsOf(reason, host)));
  });
}

/** Rejects with a CouldNotRunError if a node does not accept connections; it gives the reason for each. */
export async function assertReachable(endpoints: readonly Endpoint[], tls?: Tls): Promise<void> {
  const reasons = await Promise.all(
    endpoints.map(async (endpoint) => {
      const why = await unreachable(endpoint, tls);
      return why === undefined ? [] : [`${endpoint.node} (${endpoint.host}:${endpoint.port}): ${why}`];
    }),
  );
  const failed = reasons.flat();
  if (failed.length > 0) throw new CouldNotRunError(`cannot reach ${failed.join("; ")}`);
}

function wordsOf({ code = "", message }: NodeJS.ErrnoException, host: string): string {
  if (code === "ECONNREFUSED") return "connection refused: nothing listens there";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `no such host: ${host}`;
  if (code === "ETIMEDOUT") return "no answer: the connection timed out";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "no route to it";
  if (/^(ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(code))
    return `TLS failed: ${message}`;
  return message;
}
