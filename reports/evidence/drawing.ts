import type { CallWords } from "../../checker/model.ts";
import type { Evidence } from "../../core/evidence.ts";
import type { Anomaly } from "../../core/verdict.ts";
import type { Sketch } from "../charts/sketch.ts";
import type { FaultBand } from "../charts/timeline.ts";
import type { Html } from "../html.ts";

/** Drawing of a piece of evidence. */
export interface Drawing {
  readonly figure: Html;
  /** Completes "Show the …": `3 operations`. */
  readonly shows: string;
  /** For the page, which redraws it at its own width. */
  readonly sketch?: Sketch;
}

/** Context of a drawing, in addition to the evidence. */
export interface About {
  /** Unique in the page. */
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly faults: readonly FaultBand[];
  /** Words for the operations. */
  readonly words: CallWords;
}

/** Returns undefined if the evidence is empty. */
export type Drawer<E extends Evidence> = (evidence: E, about: About) => Drawing | undefined;
