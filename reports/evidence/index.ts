import type { Evidence } from "../../core/evidence.ts";
import { deliveriesDrawing } from "./deliveries.ts";
import type { About, Drawer, Drawing } from "./drawing.ts";
import { orderDrawing } from "./order.ts";
import { staleDrawing } from "./stale.ts";

/** Drawing functions by kind of evidence: a new kind adds one. */
const drawers: { readonly [K in Evidence["kind"]]: Drawer<Extract<Evidence, { kind: K }>> } = {
  order: orderDrawing,
  stale: staleDrawing,
  deliveries: deliveriesDrawing,
};

/** Draws an anomaly; undefined if it has no evidence. */
export function drawingOf(about: About): Drawing | undefined {
  const { evidence } = about.anomaly;
  if (evidence === undefined) return undefined;
  const draw = drawers[evidence.kind] as Drawer<Evidence>;
  return draw(evidence, about);
}
