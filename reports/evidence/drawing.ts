import type { CallWords } from "../../checker/model.ts";
import type { Evidence } from "../../core/evidence.ts";
import type { Anomaly } from "../../core/verdict.ts";
import type { Sketch } from "../charts/sketch.ts";
import type { FaultBand } from "../charts/timeline.ts";
import type { Html } from "../html.ts";

/** One kind of evidence as the report shows it. */
export interface Drawing {
  readonly figure: Html;
  /** What the figure shows, after "Show the": `3 operations`. */
  readonly shows: string;
  /** For the page, which draws it anew for its width. */
  readonly sketch?: Sketch;
}

/** What a drawing may use beside its evidence. */
export interface About {
  /** Unique in the page. */
  readonly id: string;
  readonly anomaly: Anomaly;
  readonly faults: readonly FaultBand[];
  /** For the operations. */
  readonly words: CallWords;
}

/** Undefined where the evidence is empty. */
export type Drawer<E extends Evidence> = (evidence: E, about: About) => Drawing | undefined;
