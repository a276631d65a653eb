/** Options of a run that decide what was tried, in words: for names of candidates, and for why some cannot be compared. */
import type { Run } from "../../core/run.ts";
import { count } from "../../core/wording.ts";
import { connectionWords } from "../data/speed.ts";
import { formatFigure } from "../numbers.ts";

export interface Setting {
  /** Follows "different". */
  readonly name: string;
  /** The value of a run: `tmpfs storage`. */
  words(run: Run): string;
}

/** Settings of the systems and their clients: candidates that differ in one can be compared by no figure. */
export const settings: readonly Setting[] = [
  {
    name: "kinds of storage",
    words: ({ options: { storage } }) => (storage === undefined ? "default storage" : `${storage} storage`),
  },
  {
    name: "presets",
    words: ({ options: { preset } }) => (preset === undefined ? "no preset" : `preset ${preset}`),
  },
  {
    name: "node arguments",
    words: ({ options: { nodeArg } }) => {
      const all = Array.isArray(nodeArg) ? nodeArg.join(" ") : (nodeArg ?? "");
      return all === "" ? "no node arguments" : `node arguments ${all}`;
    },
  },
  {
    name: "nodes of the clients",
    words: ({ target }) =>
      target === undefined
        ? "clients at all nodes"
        : `clients at ${target.role === "leader" ? "the leader" : "followers"}`,
  },
  {
    name: "numbers of connections",
    words: ({ connections, client: { workers } }) =>
      connections === undefined || workers === undefined
        ? connectionWords(connections)
        : `${count(connections * workers.length, "connection")} to each node`,
  },
  {
    name: "timeouts",
    words: ({ options: { timeout } }) =>
      timeout === undefined ? "no recorded timeout" : `timeout ${timeout} ms`,
  },
];

/** Faults with the mean of their lengths and of the times between them, where known: `kill+pause of 4 s, 2.5 s apart`. */
export function faultWords({ nemeses, options: { faultSeconds, gapSeconds } }: Run): string {
  if (nemeses.length === 0) return "no faults";
  const length = typeof faultSeconds === "number" ? ` of ${formatFigure(faultSeconds)} s` : "";
  const gap = typeof gapSeconds === "number" ? `, ${formatFigure(gapSeconds)} s apart` : "";
  return `${nemeses.join("+")}${length}${gap}`;
}
