import { millis } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { openSocket } from "./wire.ts";

/** What a server says of itself, by the four letters `srvr`. */
export interface ServerStatus {
  readonly leads: boolean;
  /** The newest transaction that it has; its upper half is the leader's epoch. */
  readonly zxid: bigint;
}

/** Undefined where the server does not answer, or serves nobody because it is in no quorum. Never rejects. */
export async function serverStatus(
  endpoint: Endpoint,
  options: ConnectOptions,
): Promise<ServerStatus | undefined> {
  const text = await fourLetters("srvr", endpoint, options);
  const mode = /^Mode: (\w+)$/m.exec(text)?.[1];
  const zxid = /^Zxid: (0x[0-9a-f]+)$/m.exec(text)?.[1];
  if (mode === undefined || zxid === undefined) return undefined;
  return { leads: mode === "leader" || mode === "standalone", zxid: BigInt(zxid) };
}

/** The server's answer until it hangs up; what came so far where it does not answer in time. */
function fourLetters(word: string, endpoint: Endpoint, options: ConnectOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(endpoint, options.tls);
    let text = "";
    const done = () => {
      cancel();
      socket.destroy();
      resolve(text);
    };
    const cancel = options.clock.after(millis(options.timeoutMs), done);
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
    });
    socket.on("error", done);
    socket.on("close", done);
    socket.write(word);
  });
}
