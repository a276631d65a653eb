/** Every nemesis by name, and the parser of `--nemesis`. */

import { UsageError } from "../../core/errors.ts";
import { either } from "../../core/wording.ts";
import { killNodes } from "./kill.ts";
import type { Nemesis } from "./nemesis.ts";
import { hold } from "./network/hold.ts";
import { loss } from "./network/loss.ts";
import { partition } from "./network/partition.ts";
import { partitionClients } from "./network/partition-clients.ts";
import { slow } from "./network/slow.ts";
import { killAfterCompaction, moveLeader } from "./operator.ts";
import { pauseNodes } from "./pause.ts";
import { restartStaggered } from "./restart-staggered.ts";
import { snapshotFollower } from "./snapshot.ts";
import { killClient, partitionClient, pauseClient } from "./workers.ts";

const all: readonly Nemesis[] = [
  ...partition,
  partitionClients,
  ...killNodes,
  restartStaggered,
  ...pauseNodes,
  slow,
  ...hold,
  loss,
  moveLeader,
  killAfterCompaction,
  snapshotFollower,
  pauseClient,
  killClient,
  partitionClient,
];

/** `partition`, `partition-leader`, `kill-all`, … in the order of `assay list`. */
export const nemeses: Readonly<Record<string, Nemesis>> = Object.fromEntries(
  all.map((nemesis) => [nemesis.name, nemesis]),
);

/**
 * Parses `["partition", "kill+pause"]` into steps that take turns; the nemeses of one step strike together. `none` alone
 * means no steps. An unknown name is a UsageError that lists the known ones.
 */
export function parseNemeses(steps: readonly string[]): Nemesis[][] {
  if (steps.length === 1 && steps[0] === "none") return [];
  return steps.map((step) => {
    const names = step.split("+");
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined)
      throw new UsageError(
        `--nemesis ${step}: ${twice} cannot strike together with itself: use ${twice} once, or ${twice},${twice} for two turns`,
      );
    const together = names.map(nemesisNamed);
    refuseMended(step, together);
    return together;
  });
}

/** A link that one fault mends is no longer cut or held by the other. */
function refuseMended(step: string, together: readonly Nemesis[]): void {
  const mending = together.find(({ mendsLinks }) => mendsLinks);
  const other = together.find(
    (each) => each !== mending && (each.requires.has("link-cut") || each.requires.has("link-hold")),
  );
  if (mending !== undefined && other !== undefined)
    throw new UsageError(
      `--nemesis ${step}: ${mending.name} would mend what ${other.name} cuts or holds: let them take turns, as ${other.name},${mending.name}`,
    );
}

function nemesisNamed(name: string): Nemesis {
  const found = Object.hasOwn(nemeses, name) ? nemeses[name] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(
    `unknown nemesis "${name}": expected ${either(Object.keys(nemeses))}, joined by , or +; or none on its own`,
  );
}
