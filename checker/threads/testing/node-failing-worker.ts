/**
 * A thread that takes the place of checker/threads/node-worker.ts, fails at registers of a certain size, each in another
 * way, and judges the others.
 */
import { parentPort } from "node:worker_threads";
import { Budget, unlimited } from "../../linearizability/limits.ts";
import { judgeColumns } from "../../linearizability/register/judge-columns.ts";
import type { Task } from "../node-worker.ts";

/** How a register of this many operations makes the thread fail. */
export const failures = { throws: 1, exits: 2, outOfMemory: 3, hangs: 4 } as const;

if (parentPort !== null) {
  const port = parentPort;
  port.on("message", ({ columns }: Task) => {
    switch (columns.size) {
      case failures.throws:
        throw new Error("the thread is out of ideas");
      case failures.exits:
        return process.exit(7);
      case failures.outOfMemory: {
        const kept: string[][] = [];
        for (;;) kept.push(new Array(100_000).fill(kept.length).map(String));
      }
      case failures.hangs:
        for (;;);
      default:
        return port.postMessage(judgeColumns(columns, new Budget(unlimited)));
    }
  });
  port.postMessage("ready");
}
