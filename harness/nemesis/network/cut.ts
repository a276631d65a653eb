/** Shapes of partitions that are cut at once and stay as they are until the heal. */
import type { Link, NodeId } from "../../../core/op.ts";
import type { Injected, Target } from "../nemesis.ts";
import type { Shape } from "../shapes.ts";

export interface Cut {
  readonly summary: string;
  readonly nodes: readonly NodeId[];
  readonly links: readonly Link[];
}

export const ids = (target: Target): NodeId[] => target.cluster.nodes.map((node) => node.id);

/** The shape that cuts what `draw` returns. */
export const cutting = (
  summary: string,
  draw: (target: Target) => Cut | undefined | Promise<Cut | undefined>,
  leastNodes = 2,
): Shape => ({
  summary,
  leastNodes,
  inject: async (target: Target) => apply(target, await draw(target)),
});

async function apply(target: Target, cut: Cut | undefined): Promise<Injected | undefined> {
  if (cut === undefined || cut.links.length === 0) return undefined;
  const { network } = target.cluster;
  await network.cut(cut.links);
  return {
    summary: cut.summary,
    nodes: cut.nodes,
    cut: cut.links,
    proof: () => network.proof(),
    heal: () => network.heal(),
  };
}
