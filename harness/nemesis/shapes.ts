/** Nemeses that come in shapes: the base name draws one at random, `<base>-<shape>` is one in particular. */
import type { Fault } from "../../core/fault.ts";
import type { Injected, Nemesis, Target } from "./nemesis.ts";

export interface Shape {
  /** One line for `assay list`. */
  readonly summary: string;
  /** Default: 1. */
  readonly leastNodes?: number;
  readonly mendsLinks?: boolean;
  inject: Nemesis["inject"];
}

interface Kind {
  readonly name: string;
  readonly summary: string;
  readonly requires: readonly Fault[];
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Special shapes that the base name does not draw. */
  readonly special?: Readonly<Record<string, Shape>>;
}

/** Makes the base nemesis and one nemesis for each shape. */
export function nemesesOf({ name, summary, requires, shapes, special = {} }: Kind): Nemesis[] {
  const needs = new Set(requires);
  const base: Nemesis = {
    name,
    summary: `${summary}: one of ${Object.keys(shapes).join(", ")} at random`,
    requires: needs,
    leastNodes: Math.min(...Object.values(shapes).map(({ leastNodes = 1 }) => leastNodes)),
    inject: (target) => firstThatStrikes(target.random.shuffle(Object.values(shapes)), target),
  };
  const each = Object.entries({ ...shapes, ...special }).map(
    ([shape, { summary, leastNodes = 1, mendsLinks = false, inject }]): Nemesis => ({
      name: `${name}-${shape}`,
      summary,
      requires: needs,
      leastNodes,
      mendsLinks,
      inject,
    }),
  );
  return [base, ...each];
}

async function firstThatStrikes(shapes: readonly Shape[], target: Target): Promise<Injected | undefined> {
  for (const shape of shapes) {
    const injected = await shape.inject(target);
    if (injected !== undefined) return injected;
  }
  return undefined;
}
