import { ClientError } from "../../core/errors.ts";
import type { Revision } from "../../core/op.ts";
import { millis } from "../../core/time.ts";
import type { ConnectOptions, Digest, Endpoint } from "../adapter.ts";
import { openSocket } from "../client/socket.ts";

/** Status that a server reports in answer to the four letters `srvr`. */
export interface ServerStatus {
  readonly leads: boolean;
  /** The newest transaction that it has; its upper half is the leader's epoch. */
  readonly zxid: bigint;
}

/** Status of the server; undefined if it does not answer, or serves nobody because it is in no quorum. Never rejects. */
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

/**
 * How often the server has forced its log to disk, by the four letters `mntr` (3.6 and newer, where the server's whitelist has
 * them); undefined if it does not say. Never rejects.
 */
export async function syncsOf(endpoint: Endpoint, options: ConnectOptions): Promise<number | undefined> {
  const counted = /^zk_cnt_fsynctime\t(\d+)/m.exec(await fourLetters("mntr", endpoint, options))?.[1];
  return counted === undefined ? undefined : Number(counted);
}

/** Version that a server reports in answer to `srvr`; undefined if it does not answer. Never rejects. */
export async function version(endpoint: Endpoint, options: ConnectOptions): Promise<string | undefined> {
  return /^Zookeeper version: (\d+(?:\.\d+)*)/m.exec(await fourLetters("srvr", endpoint, options))?.[1];
}

/**
 * The digest of the server's whole tree, by the four letters `hash` (3.6 and newer, where the server's whitelist has
 * them): it keeps one for every transaction whose number is a multiple of 128.
 */
export async function digest(endpoint: Endpoint, options: ConnectOptions, at?: Revision): Promise<Digest> {
  const text = await fourLetters("hash", endpoint, options);
  const digests = [...text.matchAll(/^([0-9a-f]+): (-?\d+)$/gm)].map(([, zxid, tree]) => ({
    at: Number.parseInt(zxid as string, 16),
    digest: BigInt.asUintN(64, BigInt(tree as string))
      .toString(16)
      .padStart(16, "0"),
    since: 0,
  }));
  const found = at === undefined ? digests.at(-1) : digests.findLast((one) => one.at === at);
  if (found !== undefined) return found;
  throw new ClientError(
    "unsupported",
    `${endpoint.node} has no digest${at === undefined ? "" : ` at ${at}`}`,
  );
}

/** The server's answer until it hangs up; what came so far if it does not finish in time. */
function fourLetters(word: string, endpoint: Endpoint, options: ConnectOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(endpoint, options);
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
