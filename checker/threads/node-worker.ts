/** A thread that judges registers: says that it is `ready`, then answers each `Task` with its judgement. */
import { parentPort } from "node:worker_threads";
import { assert } from "../../core/assert.ts";
import { realClock } from "../../core/real-clock.ts";
import { toSeconds } from "../../core/time.ts";
import { Budget } from "../linearizability/limits.ts";
import type { Columns } from "../linearizability/register/columns.ts";
import { judgeColumns } from "../linearizability/register/judge-columns.ts";

export interface Task {
  readonly columns: Columns;
  /** From the moment at which the task comes. */
  readonly secondsLeft: number;
  readonly memoryBytes: number;
}

assert(parentPort !== null, "a worker has a parent");
const port = parentPort;
const clock = realClock();
const now = () => toSeconds(clock.now());

port.on("message", ({ columns, secondsLeft, memoryBytes }: Task) => {
  const budget = new Budget({ now, deadlineSeconds: now() + secondsLeft, memoryBytes });
  port.postMessage(judgeColumns(columns, budget));
});
port.postMessage("ready");
