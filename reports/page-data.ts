import type { Sketch } from "./charts/sketch.ts";
import type { Spectrum } from "./charts/spectrum.ts";
import type { Timeline } from "./charts/timeline.ts";
import type { Points } from "./data/points.ts";

/** Data for the page's code: packed by `report.ts`, unpacked by `page/main.ts`. */
export interface PageData {
  readonly timeline: Timeline;
  readonly points: Points;
  readonly sketches: readonly Sketch[];
  readonly spectra: readonly Spectrum[];
}

/** Id of the script element that holds it. */
export const pageDataId = "report-data";
