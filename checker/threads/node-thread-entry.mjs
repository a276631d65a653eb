// What a thread runs first: loads TypeScript as it is, which a thread does not inherit from the one that starts it.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.entry);
