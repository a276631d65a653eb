/** Draws a stale read: the value returned, the write that had overwritten it, and how long before. */
import type { StaleEvidence } from "../../core/evidence.ts";
import type { Drawer } from "./drawing.ts";
import { operationsDrawing } from "./operations.ts";
import { tagOf } from "./tags.ts";

export const staleDrawing: Drawer<StaleEvidence> = ({ operations, culprit, since }, about) =>
  operationsDrawing({ operations, culprit, since, revisions: true, tag: tagOf(about.anomaly) }, about);
