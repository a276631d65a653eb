import type { Sketch } from "../charts/sketch.ts";
import { sketchSvg } from "../charts/sketch-svg.ts";
import { scrollTo } from "./dom.ts";

/** Draws a sketch at a width; if it needs more, scrolls to what it is about. */
export function drawSketch(area: HTMLElement, sketch: Sketch, width: number): void {
  area.innerHTML = sketchSvg(sketch, width).markup;
  scrollTo(area, area.querySelector(".culprit, .chosen"));
}
