import { once } from "node:events";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Task } from "./node-worker.ts";
import type { Columns } from "./register/columns.ts";
import type { ColumnsJudgement } from "./register/judge-columns.ts";
import type { Limits } from "./search/limits.ts";
import type { Workers } from "./workers.ts";

/** Judges registers in threads of Node, which are gone when the judgement is there. */
export const nodeWorkers: Workers = {
  async judge(registers, threads, limits) {
    const judgements: ColumnsJudgement[] = [];
    const waiting = [...registers.keys()];
    await Promise.all(
      Array.from({ length: threads }, async () => {
        const thread = startThread();
        try {
          for (let i = waiting.shift(); i !== undefined; i = waiting.shift())
            judgements[i] = await judge(thread, registers[i] as Columns, limits);
        } finally {
          await thread.terminate();
        }
      }),
    );
    return judgements;
  },
};

/** TypeScript is loaded as it is; a thread does not inherit that from the one that starts it. */
function startThread(): Worker {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx/esm/api")).href;
  const entry = new URL("./node-worker.ts", import.meta.url).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); });`;
  return new Worker(code, { eval: true });
}

async function judge(thread: Worker, columns: Columns, limits: Limits): Promise<ColumnsJudgement> {
  const secondsLeft = limits.deadlineSeconds - limits.now();
  const task: Task = { columns: owned(columns), secondsLeft, memoryBytes: limits.memoryBytes };
  thread.postMessage(task);
  // Rejects with the thread's error where it fails.
  const [judgement] = (await once(thread, "message")) as [ColumnsJudgement];
  return judgement;
}

/** Columns that share no memory with others: to send a part of a buffer sends all of it. */
function owned(columns: Columns): Columns {
  const { size, valueCount } = columns;
  return {
    size,
    valueCount,
    source: columns.source.slice(),
    kind: columns.kind.slice(),
    value: columns.value.slice(),
    to: columns.to.slice(),
    optional: columns.optional.slice(),
    callIndex: columns.callIndex.slice(),
    returnIndex: columns.returnIndex.slice(),
  };
}
