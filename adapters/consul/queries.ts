/** Queries of entries of Consul's store. */
import * as z from "zod";
import type { Revision } from "../../core/op.ts";
import type { Limits } from "../client/ask.ts";
import { parse, success } from "./answers.ts";
import type { HttpAnswer, HttpConnection } from "./http.ts";

/** An entry of an answer. Its value is base64; null if it is empty. */
const entrySchema = z.object({
  Key: z.string(),
  Value: z.string().nullable(),
  ModifyIndex: z.number(),
});
export type Entry = z.infer<typeof entrySchema>;
const entriesSchema = z.array(entrySchema);

export interface Found {
  readonly entries: readonly Entry[];
  /** The index of what was asked for; absent if Consul does not report it. */
  readonly index: Revision | undefined;
  readonly headers: HttpAnswer["headers"];
  /** As it came. */
  readonly body: string;
}

/** `path`: with its query. Nothing found is an answer without entries. */
export async function query(http: HttpConnection, path: string, limits: Limits): Promise<Found> {
  const { status, headers, body } = await http.ask({ method: "GET", path }, limits);
  const index = numberIn(headers["x-consul-index"]);
  // An absent key is answered with its index; a path that Consul does not have is not.
  if (status === 404 && index !== undefined) return { entries: [], index, headers, body };
  success({ status, headers, body }, `GET ${path}`);
  return { entries: parse(entriesSchema, body), index, headers, body };
}

export const textOf = ({ Value }: Entry): string => Buffer.from(Value ?? "", "base64").toString();

export function numberIn(header: string | string[] | undefined): number | undefined {
  const value = Number(header);
  return header === undefined || Number.isNaN(value) ? undefined : value;
}
