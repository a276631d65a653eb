import type { Evidence } from "../../core/evidence.ts";
import type { About, Drawer, Drawing } from "./drawing.ts";
import { orderDrawing } from "./order.ts";
import { staleDrawing } from "./stale.ts";

/** How each kind of evidence is drawn: a new kind is one function more. */
const drawers: { readonly [K in Evidence["kind"]]: Drawer<Extract<Evidence, { kind: K }>> } = {
  order: orderDrawing,
  stale: staleDrawing,
};

/** The drawing of an anomaly; undefined of one without evidence. */
export function drawingOf(about: About): Drawing | undefined {
  const { evidence } = about.anomaly;
  if (evidence === undefined) return undefined;
  const draw = drawers[evidence.kind] as Drawer<Evidence>;
  return draw(evidence, about);
}
