/** Reads an HTTP answer of Consul's: success or not, and its JSON. */
import type * as z from "zod";
import { ClientError } from "../../core/errors.ts";
import { answerError } from "./errors.ts";
import type { HttpAnswer } from "./http.ts";

/** Throws where the status is no success. `what` is for people: `PUT /v1/kv/…`. */
export function success(answer: HttpAnswer, what: string): void {
  if (answer.status < 200 || answer.status > 299) throw answerError(answer.status, answer.body, what);
}

export function parse<T>(schema: z.ZodType<T>, body: string): T {
  try {
    return schema.parse(JSON.parse(body));
  } catch (cause) {
    throw new ClientError("unknown", `unexpected response from Consul: ${body.slice(0, 80)}`, { cause });
  }
}
