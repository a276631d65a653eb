import { type Socket, connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { ConnectOptions, Endpoint } from "./connection.ts";

/** Opens a socket that connects, in TLS if the options say so; it may be written to at once. `protocols`: for ALPN. */
export function openSocket(
  { host, port }: Endpoint,
  { tls, localAddress }: Pick<ConnectOptions, "tls" | "localAddress">,
  protocols: readonly string[] = [],
): Socket {
  const to = { host, port, ...(localAddress !== undefined && { localAddress }) };
  if (tls === undefined) return tcpConnect(to);
  const { ca, certificate, key } = tls;
  return tlsConnect({
    ...to,
    ca,
    ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(key !== undefined && { key }),
  });
}
