import { Client, credentials } from "@grpc/grpc-js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { installedPrograms } from "../../../../adapters/installed.ts";
import { requireOrSkip } from "../../../../core/testing/require-or-skip.ts";
import { type RealEtcd, startEtcd } from "../../testing/real-etcd.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { eventLines, type Heard, TestWatch } from "../testing/test-watch.ts";

// 3.4 loses the deletions at a compaction's revision.
const etcd35 = (await installedPrograms("etcd", "--version")).find(({ version }) =>
  version.startsWith("3.5."),
);
const missing = etcd35 === undefined ? "etcd 3.5 is not installed side by side" : undefined;

describe.skipIf(requireOrSkip(missing))("watches of a real etcd 3.5", () => {
  let api: TestApi;
  let etcd: RealEtcd;
  let client: Client;
  let streams: readonly WatchLog[];

  beforeAll(async () => {
    api = await startTestApi();
    etcd = await startEtcd(etcd35?.command);
    client = new Client(`127.0.0.1:${etcd.port}`, credentials.createInsecure());
    streams = [new WatchLog(new TestWatch(client)), new WatchLog(api.watch())];
  });
  afterAll(async () => {
    for (const { watch } of streams) watch.close();
    client.close();
    await etcd.stop();
    await api.close();
  });

  /** Waits until both have heard all and the same: how etcd times what happens at once is its own. */
  const agree = async (what: string) => {
    const [theirs, ours] = streams as [WatchLog, WatchLog];
    const { progress } = ours;
    ours.watch.requestProgress();
    await vi.waitFor(
      () => {
        expect(ours.progress).toBe(progress + 1);
        expect(ours.lines(), what).toEqual(theirs.lines());
      },
      { timeout: 10_000, interval: 5 },
    );
  };

  // PARITY_SEED=2, 3, … does other things.
  it("hear what watches of this server hear", async () => {
    for (const { watch } of streams) watch.create("a", { range_end: "d", prev_kv: true, watch_id: 99 });
    await agree("the first watch");
    const seed = Number(process.env["PARITY_SEED"] ?? 1);
    for (const each of fc.sample(action, { numRuns: 120, seed })) {
      const { revision } = api.replica.store;
      if (each.do === "request") {
        const body = JSON.stringify(each.body(revision));
        const theirs = await fetch(etcd.url + each.path, { method: "POST", body });
        expect((await api.post(each.path, body)).status).toBe(theirs.status);
      } else {
        for (const { watch } of streams) {
          each.ask(watch, revision);
          // Requests are answered in order: when this one is, all are.
          watch.create("refused", { range_end: "a" });
        }
      }
      await agree(JSON.stringify(each));
    }
    const kinds = (streams[0]?.lines().flatMap(([, ...lines]) => lines) ?? []).map(
      (line) => line.split(" ")[0],
    );
    expect(new Set(kinds)).toEqual(new Set(["created", "canceled", "refused", "put", "delete"]));
  });
});

/** What each watch of a stream heard; how events were put together in responses is left out. */
class WatchLog {
  readonly watch: TestWatch;
  readonly #lines = new Map<number, string[]>();
  /** Number of notifications. */
  progress = 0;

  constructor(watch: TestWatch) {
    this.watch = watch;
    void this.#read();
  }

  lines(): readonly (readonly string[])[] {
    return [...this.#lines].sort(([a], [b]) => a - b).map(([id, lines]) => [`${id}`, ...lines]);
  }

  async #read(): Promise<void> {
    for (;;) {
      const heard = await this.watch.next();
      if (!heard.created && !heard.canceled && heard.events.length === 0) {
        this.progress++;
        continue;
      }
      const lines = this.#lines.get(heard.watch_id) ?? [];
      // etcd keeps the id of a compacted watch until its client cancels that watch, too; this server does not.
      if (heard.canceled && lines.at(-1)?.startsWith("canceled")) continue;
      if (heard.compact_revision > 0) this.watch.cancel(heard.watch_id);
      this.#lines.set(heard.watch_id, lines);
      lines.push(...describeResponse(heard));
    }
  }
}

function describeResponse(heard: Heard): readonly string[] {
  if (heard.created && heard.canceled) return [`refused ${heard.cancel_reason}`];
  if (heard.created) return [`created at ${heard.header.revision}`];
  if (heard.canceled)
    return [`canceled ${heard.compact_revision} ${heard.cancel_reason} ${heard.header.revision}`];
  return eventLines(heard);
}

type Action =
  | { readonly do: "request"; readonly path: string; readonly body: (revision: number) => object }
  | { readonly do: "watch"; readonly ask: (watch: TestWatch, revision: number) => void };

const base64 = (text: string) => Buffer.from(text).toString("base64");
const key = fc.constantFrom("a", "b", "c");
const value = fc.constantFrom("1", "2", "3");
const putBody = fc.tuple(key, value).map(([k, v]) => ({ key: base64(k), value: base64(v) }));
const request = (path: string, body: (revision: number) => object): Action => ({ do: "request", path, body });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: putBody.map((body) => request("/v3/kv/put", () => body)) },
  { weight: 2, arbitrary: key.map((k) => request("/v3/kv/deleterange", () => ({ key: base64(k) }))) },
  {
    weight: 2,
    arbitrary: fc
      .uniqueArray(putBody, { minLength: 2, maxLength: 3, selector: ({ key }) => key })
      .map((puts) => request("/v3/kv/txn", () => ({ success: puts.map((put) => ({ request_put: put })) }))),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(2)
      .map((ago) => request("/v3/kv/compaction", (revision) => ({ revision: Math.max(1, revision - ago) }))),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        key,
        range_end: fc.constantFrom("", "", "c", "d", "\0"),
        ago: fc.option(fc.integer({ min: -4, max: 6 })),
        prev_kv: fc.boolean(),
        filters: fc.constantFrom([], [], [], ["NOPUT"], ["NODELETE"]) as fc.Arbitrary<
          ("NOPUT" | "NODELETE")[]
        >,
        watch_id: fc.constantFrom(0, 0, 0, 3, 40),
      })
      .map(
        ({ key, ago, ...rest }): Action => ({
          do: "watch",
          ask: (watch, revision) =>
            watch.create(key, { ...rest, start_revision: ago === null ? 0 : Math.max(1, revision - ago) }),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(9).map((id): Action => ({ do: "watch", ask: (watch) => watch.cancel(id) })),
  },
);
