import type { Anomaly } from "../../core/verdict.ts";

/** By the kind of the anomaly. */
const tags = new Map([
  ["stale-read", "stale"],
  ["stale-list", "stale"],
  ["lost-element", "lacks an element"],
  ["reappearing-element", "shows an element again"],
  ["unexpected-element", "shows an unexpected element"],
  ["convergence", "disagrees at rest"],
  ["not-asked-again", "disagrees, and was not asked again"],
]);

/** What is wrong with the marked operation, in a few words. */
export const tagOf = ({ kind }: Anomaly): string => tags.get(kind) ?? `breaks ${kind.replaceAll("-", " ")}`;
