/** What a study is made from, and what is drawn of it. */
import type { FaultWindow } from "../../core/fault.ts";
import type { Operation } from "../../core/op.ts";
import type { Run, UsageSample } from "../../core/run.ts";
import type { Nanos } from "../../core/time.ts";
import type { Cost } from "../comparison/cost.ts";
import type { Content } from "../html.ts";

/** A run with what is known of it. */
export interface Studied {
  readonly run: Run;
  /** Operations of the load. */
  readonly operations: readonly Operation[];
  readonly faults: readonly FaultWindow[];
  readonly usage: readonly UsageSample[];
  readonly cost?: Cost | undefined;
  readonly end: Nanos;
}

/** A system on a page: the run of a report, or a candidate of a comparison. */
export interface Named {
  readonly name: string;
  /** The name as the first cell of a row, with what spoils its figures. */
  readonly title: Content;
  /** The name without. */
  readonly key: Content;
  /** System and read mode alone, for tables whose columns say the rest. */
  readonly system: Content;
  /** A mark, if its client and not the system set the limit. */
  readonly limit: Content;
  /** Colour and line style. */
  readonly style: number;
}

/** The figures of a study of all runs of a system, at least one. */
export interface Shown<F> extends Named {
  readonly figures: readonly [F, ...F[]];
}
