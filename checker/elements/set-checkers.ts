import type { Consistency, KnownLimit } from "../../core/consistency.ts";
import type { Checker } from "../checker.ts";
import { convergence } from "../convergence/convergence.ts";
import { set } from "../models/set.ts";
import { judgedUnder } from "../promises.ts";
import { elements } from "./elements.ts";
import { elementsAtRest } from "./elements-at-rest.ts";

export interface SetCheckersOptions {
  /** The known limits of the read mode; absent: it has none. */
  readonly limits?: readonly KnownLimit[];
  /** How long a node may take to catch up after the last heal, seconds. */
  readonly boundSeconds?: number;
}

/** The checkers of sets under a read mode that promises `promises`: single elements, whose sentences say most, whole sets, agreement at rest. */
export function setCheckers(promises: Consistency, options: SetCheckersOptions = {}): Checker[] {
  const { limits = [], boundSeconds } = options;
  const bound = boundSeconds === undefined ? {} : { boundSeconds };
  return [
    elements({ promises, limits, ...bound }),
    ...judgedUnder(promises, set(), { limits }),
    convergence({ judge: elementsAtRest, ...bound }),
  ];
}
