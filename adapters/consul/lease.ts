import * as z from "zod";
import { ClientError } from "../../core/errors.ts";
import type { Ask } from "../client/ask.ts";
import type { Lease } from "../client/kept-sessions.ts";
import { parse, success } from "./answers.ts";
import type { HttpAnswer } from "./http.ts";

/** One PUT within the limits of its call. */
export type Put = (path: string, body: string, ask: Ask | undefined) => Promise<HttpAnswer>;

/** What a transaction set; operations that only check have no result. */
const lockedSchema = z.object({
  Results: z.array(z.object({ KV: z.object({ ModifyIndex: z.number() }) })),
});

const createdSchema = z.object({ ID: z.string() });

/**
 * A Consul session that lives by its signs of life alone: without health checks, whose failure would end it early, and
 * without the lock-delay that keeps others from a key for a while. Its keys are deleted with it. Consul ends it after
 * twice its TTL.
 */
export async function createSession(
  put: Put,
  keyName: (key: string) => string,
  ttlMs: number,
  ask: Ask | undefined,
): Promise<Lease> {
  const wanted = { TTL: `${ttlMs}ms`, Behavior: "delete", LockDelay: "0s", Checks: [] };
  const answer = await put("/v1/session/create", JSON.stringify(wanted), ask);
  success(answer, "PUT /v1/session/create");
  const { ID: id } = parse(createdSchema, answer.body);
  const gone = (what: string) => new ClientError("session-expired", `${what}: the session ${id} is gone`);
  return {
    id,
    ttlMs,

    async renew(asked) {
      const renewed = await put(`/v1/session/renew/${id}`, "", asked);
      if (renewed.status === 404) throw gone("PUT /v1/session/renew");
      success(renewed, "PUT /v1/session/renew");
    },

    /** One transaction: nobody has the key, and the session takes it. */
    async create(key, value, asked) {
      const Key = keyName(key);
      const Value = Buffer.from(value).toString("base64");
      const operations = [
        { KV: { Verb: "check-not-exists", Key } },
        { KV: { Verb: "lock", Key, Value, Session: id } },
      ];
      const done = await put("/v1/txn", JSON.stringify(operations), asked);
      if (done.status === 409) {
        if (done.body.includes("invalid session")) throw gone("PUT /v1/txn");
        throw new ClientError("exists", `${key} exists already`);
      }
      success(done, "PUT /v1/txn");
      return parse(lockedSchema, done.body).Results[0]?.KV.ModifyIndex;
    },

    /** One transaction: the session has the key, which is deleted. */
    async remove(key, asked) {
      const Key = keyName(key);
      const operations = [
        { KV: { Verb: "check-session", Key, Session: id } },
        { KV: { Verb: "delete", Key } },
      ];
      const done = await put("/v1/txn", JSON.stringify(operations), asked);
      if (done.status === 409) throw new ClientError("not-found", `the session ${id} does not have ${key}`);
      success(done, "PUT /v1/txn");
    },

    async end(asked) {
      success(await put(`/v1/session/destroy/${id}`, "", asked), "PUT /v1/session/destroy");
    },
  };
}
