// A harness of two workers that ends when it is killed. Pauses one, and prints `up`. Usage: harness.ts RUN_ID DIRECTORY
import { assert } from "../../../../core/assert.ts";
import { realClock } from "../../../../core/real-clock.ts";
import { workerClients } from "../worker-clients.ts";
import { testWorker } from "./place.ts";

const [, , runId, logDir] = process.argv;
assert(runId !== undefined && logDir !== undefined, "RUN_ID and DIRECTORY are missing");
const host = workerClients(2, testWorker, realClock());
await host.prepare({ runId, logDir });
await host.workers[0]?.pause();
console.log("up");
process.stdin.resume();
