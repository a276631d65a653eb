/** How often an etcd member has forced its write-ahead log to disk, from its metrics. The commits of its store are not among them. */
import { request } from "node:http";
import { millis } from "../../core/time.ts";
import type { ConnectOptions, Endpoint } from "../adapter.ts";

const counter = /^etcd_disk_wal_fsync_duration_seconds_count (\S+)$/m;

/** Undefined if the member does not say, or is reached by TLS only. Never rejects. */
export function syncsOf(
  { host, port }: Endpoint,
  { clock, timeoutMs, tls }: ConnectOptions,
): Promise<number | undefined> {
  if (tls !== undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const asked = request({ host, port, path: "/metrics", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => done(counter.exec(text)?.[1]));
      response.on("error", () => done(undefined));
    });
    const done = (counted: string | undefined) => {
      cancel();
      asked.destroy();
      resolve(counted === undefined ? undefined : Number(counted));
    };
    const cancel = clock.after(millis(timeoutMs), () => done(undefined));
    asked.on("error", () => done(undefined));
    asked.end();
  });
}
