import type { Sketch } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import { scrollTo } from "./dom.ts";

/** Draws a sketch for a width; where it needs more, what it is about is in view. */
export function drawSketch(area: HTMLElement, sketch: Sketch, width: number): void {
  area.innerHTML = sketchSvg(sketch, width).markup;
  scrollTo(area, area.querySelector(".culprit, .chosen"));
}
