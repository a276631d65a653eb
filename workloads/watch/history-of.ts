import type { ClientWith } from "../../adapters/client/client.ts";
import type { Connection } from "../../adapters/client/connection.ts";
import type { KeptHistory } from "../../adapters/client/history.ts";
import { ClientError } from "../../core/errors.ts";

/** The capability `history` of a client, which the workload uses where the system has it. */
export function historyOf(client: Connection): KeptHistory {
  if (!hasHistory(client)) throw new ClientError("unsupported", "this client has no history");
  return client.history;
}

const hasHistory = (client: Connection): client is ClientWith<"history"> => "history" in client;
