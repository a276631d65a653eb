import { ClientError } from "../../core/errors.ts";
import type { Ask } from "../client/ask.ts";
import type { Lease } from "../client/kept-sessions.ts";
import { type Call, methods } from "./methods.ts";

/** A lease as a session. Leases are of whole seconds; the server grants no less than its shortest. */
export async function grantLease(call: Call, ttlMs: number, ask: Ask | undefined): Promise<Lease> {
  const { id, ttl } = await call(methods.leaseGrant, { ttl: String(Math.ceil(ttlMs / 1000)) }, ask);
  /** Revisions at which it created its keys: they tell them from later keys of the same names. */
  const created = new Map<string, string>();
  return {
    id,
    ttlMs: Number(ttl) * 1000,

    async renew(asked) {
      const answer = await call(methods.leaseKeepAlive, { id }, asked);
      if (answer.ttl === "0") throw new ClientError("session-expired", `the lease ${id} is gone`);
    },

    async create(key, value, asked) {
      const name = Buffer.from(key);
      const request = {
        compare: [{ result: "EQUAL", target: "CREATE", key: name, createRevision: "0" }],
        success: [{ requestPut: { key: name, value: Buffer.from(value), lease: id } }],
      } as const;
      const { succeeded, header } = await call(methods.txn, request, asked);
      if (!succeeded) throw new ClientError("exists", `${key} exists already`);
      created.set(key, header.revision);
      return Number(header.revision);
    },

    async remove(key, asked) {
      const notFound = () => new ClientError("not-found", `the lease ${id} does not have ${key}`);
      const createRevision = created.get(key);
      if (createRevision === undefined) throw notFound();
      const name = Buffer.from(key);
      const request = {
        compare: [{ result: "EQUAL", target: "CREATE", key: name, createRevision }],
        success: [{ requestDeleteRange: { key: name } }],
      } as const;
      const { succeeded } = await call(methods.txn, request, asked);
      created.delete(key);
      if (!succeeded) throw notFound();
    },

    async end(asked) {
      await call(methods.leaseRevoke, { id }, asked);
    },
  };
}
