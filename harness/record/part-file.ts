import { closeSync, openSync, writeSync } from "node:fs";
import { encodeEvent } from "../../core/codec/history-codec.ts";
import type { HistoryEvent } from "../../core/history.ts";

/**
 * The part of a history that one worker records. An invocation is in the file before its request leaves, so that a worker
 * that is killed has sent nothing that is not recorded; what was received may wait for the next write.
 */
export class PartFile {
  readonly #file: number;
  #lines = "";

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  append(event: HistoryEvent): void {
    this.#lines += `${encodeEvent(event)}\n`;
    if (event.type === "invoke") this.flush();
  }

  flush(): void {
    if (this.#lines === "") return;
    writeSync(this.#file, this.#lines);
    this.#lines = "";
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
