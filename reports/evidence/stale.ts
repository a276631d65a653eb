/** A stale read: what it returned, what had overwritten that, and for how long. */
import type { StaleEvidence } from "../../core/evidence.ts";
import type { Drawer } from "./drawing.ts";
import { operationsDrawing } from "./operations.ts";
import { tagOf } from "./tags.ts";

export const staleDrawing: Drawer<StaleEvidence> = ({ operations, culprit, since }, about) =>
  operationsDrawing({ operations, culprit, since, revisions: true, tag: tagOf(about.anomaly) }, about);
