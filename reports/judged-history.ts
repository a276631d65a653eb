import type { Run } from "../core/run.ts";
import type { Judged } from "./context.ts";

/** A history from a file, and what came of it. Nothing is known of the system or the machine behind it. */
export interface JudgedHistory extends Judged {
  /** Where it was read from. */
  readonly file: string;
  /** The format's name. */
  readonly format: string;
  /** The sequential specification that it was held against. */
  readonly model: string;
  /** How many keys the operations name; 0 where they name none. */
  readonly keys: number;
  /** How it was read, and what was left out and why. */
  readonly notes: readonly string[];
  /** The command that judges it again. */
  readonly command: string;
  readonly assay: Run["assay"];
}
