/** A null server in a process of its own, as nodes have one. */
import { once } from "node:events";
import { join } from "node:path";
import { CouldNotRunError } from "../../../core/errors.ts";
import { Supervisor } from "../../runtimes/process/supervisor.ts";
import type { HostPlace } from "../clients.ts";

export interface NullServer {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** Starts `argv`, which prints the port that it listens on. Rejects with CouldNotRunError if it cannot be started. */
export async function startNullServer(argv: readonly string[], place: HostPlace): Promise<NullServer> {
  const supervisor = new Supervisor(`${place.runId}-null`);
  try {
    const logFile = join(place.logDir, "null-server.log");
    const { output, exited } = await supervisor.spawnTalking(argv, { logFile });
    const printed = await Promise.race([once(output, "data"), exited]);
    if (typeof printed === "string")
      throw new CouldNotRunError(`the null server ended (${printed}): see ${logFile}`);
    return { port: Number(String(printed[0])), close: () => supervisor.close() };
  } catch (reason) {
    await supervisor.close();
    throw reason;
  }
}
