/** Who may be asked for: a page of another site must not reach this server under a name of its own (DNS rebinding). */
import { isIP, isIPv4 } from "node:net";
import { hostname } from "node:os";

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

/**
 * Whether a `Host` header names this server: an address, which no other site can have as its name, or a name that the machine or
 * the user gave it. `listening` is the host that the user asked for. A server for this machine alone has only loopback's names.
 */
export function isOwnHost(header: string | undefined, listening: string): boolean {
  const name = nameIn(header ?? "");
  if (name === undefined) return false;
  if (isLoopback(name) || name === listening.toLowerCase()) return true;
  return !isLoopback(listening) && (isIP(name) !== 0 || name === hostname().toLowerCase());
}

/** `localhost` of `localhost:80`, `::1` of `[::1]:80`. */
function nameIn(header: string): string | undefined {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([^:[\]@/\s]+))(?::\d{1,5})?$/i.exec(header) ?? [];
  return (address ?? name)?.toLowerCase();
}
