import type { Run } from "../core/run.ts";
import type { Judged } from "./context.ts";

/** A history file and its verdicts. Nothing is known about the system or the machine behind it. */
export interface JudgedHistory extends Judged {
  /** Path that it was read from. */
  readonly file: string;
  /** Name of the format. */
  readonly format: string;
  /** Model that it was checked against. */
  readonly model: string;
  /** Number of keys that the operations name. */
  readonly keys: number;
  /** Notes on how it was read, and what was left out and why. */
  readonly notes: readonly string[];
  /** Command that checks it again. */
  readonly command: string;
  readonly assay: Run["assay"];
}
