/** The process of a null server: it answers for the system that its argument names, or `http` for any HTTP interface, prints its port, and ends with its parent. */
import { adapters } from "../../adapters/registry.ts";
import { httpNullServer } from "../http/null-server.ts";
import { raisePriority } from "../load/workers/priority.ts";

const name = process.argv[2] ?? "";
const start =
  name === "http"
    ? httpNullServer
    : (adapters as Readonly<Record<string, (typeof adapters)[keyof typeof adapters]>>)[name]?.nullServer;
if (start === undefined) throw new Error(`no null server for ${process.argv[2]}`);
// It must not be what the clients wait for.
raisePriority();
process.stdout.write(`${await start()}\n`);
process.stdin.resume().on("end", () => process.exit());
