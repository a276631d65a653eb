import * as z from "zod";
import { limitsOf } from "../client/ask.ts";
import type { ConnectOptions, Endpoint } from "../client/connection.ts";
import { HttpConnection } from "./http.ts";

const selfSchema = z.object({ Config: z.object({ Version: z.string().min(1) }) });

/** Version that an agent reports of itself; undefined if it does not answer, or only to those with a token. */
export async function version(endpoint: Endpoint, options: ConnectOptions): Promise<string | undefined> {
  const http = new HttpConnection(endpoint, options);
  try {
    const { body } = await http.ask({ method: "GET", path: "/v1/agent/self" }, limitsOf(options));
    return selfSchema.parse(JSON.parse(body)).Config.Version;
  } catch {
    return undefined;
  } finally {
    await http.close();
  }
}
