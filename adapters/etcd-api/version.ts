import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { communication } from "./communication.ts";
import { openConnection } from "./connection.ts";
import { methods } from "./methods.ts";

/** Version that a node reports in its maintenance status; undefined if it does not answer. */
export async function version(endpoint: Endpoint, options: ConnectOptions): Promise<string | undefined> {
  const connection = openConnection(endpoint, options);
  try {
    const { version } = await communication(connection, options).call(methods.status, {}, undefined);
    return version === "" ? undefined : version;
  } catch {
    return undefined;
  } finally {
    connection.close();
  }
}
