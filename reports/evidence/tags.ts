import type { Anomaly } from "../../core/verdict.ts";

/** Tags by kind of anomaly. */
const tags = new Map([
  ["stale-read", "stale"],
  ["stale-list", "stale"],
  ["lost-element", "lacks an element"],
  ["reappearing-element", "shows an element again"],
  ["unexpected-element", "shows an unexpected element"],
  ["convergence", "disagrees at rest"],
  ["not-asked-again", "disagrees, and was not read again"],
]);

/** Says in a few words what is wrong with the marked operation. */
export const tagOf = ({ kind }: Anomaly): string => tags.get(kind) ?? `breaks ${kind.replaceAll("-", " ")}`;
