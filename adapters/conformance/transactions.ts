import { describe, expect, it } from "vitest";
import type { ClientError } from "../../core/errors.ts";
import type { TxnChange } from "../client/txn.ts";
import type { Bench } from "./cluster.ts";

const write = (key: string, value: string): TxnChange => ({ f: "write", key, value });
const remove = (key: string): TxnChange => ({ f: "delete", key });

/** Capability `txn`: several changes at once, or none. */
export function transactions(bench: Bench): void {
  const mode = bench.adapter.defaultReadMode;

  describe("a transaction", () => {
    it("makes its changes at one revision, which it reports if the system does", async () => {
      const client = await bench.clientWith(["kv", "txn"]);
      const [a, b, c] = [bench.key(), bench.key(), bench.key()];
      await client.kv.write(b, "before");
      await client.kv.write(c, "before");
      const revision = await client.txn.commit([write(a, "1"), write(b, "2"), remove(c)]);
      const reads = await Promise.all([a, b, c].map((key) => client.kv.read(key, mode)));
      expect(reads.map(({ value }) => value)).toEqual(["1", "2", undefined]);
      expect(reads[0]?.modRevision).toBe(reads[1]?.modRevision);
      if (revision !== undefined) expect(reads[0]?.modRevision).toBe(revision);
    });

    it("creates and deletes keys again and again, each time at a later revision", async () => {
      const client = await bench.clientWith(["kv", "txn"]);
      const [a, b] = [bench.key(), bench.key()];
      const revisions: number[] = [];
      for (let i = 0; i < 3; i++) {
        for (const changes of [
          [write(a, `${i}`), write(b, `${i}`)],
          [remove(a), write(b, "x")],
          [remove(b)],
        ]) {
          const revision = await client.txn.commit(changes);
          if (revision !== undefined) revisions.push(revision);
        }
      }
      expect(revisions).toEqual([...new Set(revisions)].sort((one, other) => one - other));
      expect((await client.kv.read(b, mode)).value).toBeUndefined();
    });

    it("changes nothing where all that it deletes is absent, and reports no revision", async () => {
      const client = await bench.clientWith(["kv", "txn"]);
      expect(await client.txn.commit([remove(bench.key()), remove(bench.key())])).toBeUndefined();
    });

    it("with a delete of an absent key makes its other changes, or is refused and makes none", async () => {
      const client = await bench.clientWith(["kv", "txn"]);
      const key = bench.key();
      const refusal = await client.txn.commit([write(key, "1"), remove(bench.key())]).then(
        () => undefined,
        (error: ClientError) => error,
      );
      const { value } = await client.kv.read(key, mode);
      if (refusal === undefined) expect(value).toBe("1");
      else {
        expect(refusal).toMatchObject({ code: "conflict", definite: true });
        expect(value).toBeUndefined();
      }
    });
  });
}
