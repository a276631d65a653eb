import { z } from "zod";
import { nodeId } from "../../core/op.ts";

const node = z.string().transform(nodeId);
const link = z.tuple([node, node]);
const address = z.object({ host: z.string(), port: z.int() });

/** Options of a mesh's process, as JSON in its one argument. */
export const meshSpec = z.object({
  nodes: z.array(node),
  /** Seed of the jitter. */
  seed: z.int(),
});
export type MeshSpec = z.input<typeof meshSpec>;

/** A line of JSON on its standard input. Each is answered by one line on standard output, in order. */
export const meshCommand = z.discriminatedUnion("do", [
  z.object({ do: z.literal("open"), from: node, to: node, target: address }),
  z.object({ do: z.literal("cut"), links: z.array(link) }),
  z.object({ do: z.literal("slow"), links: z.array(link), delayMs: z.number(), jitterMs: z.number() }),
  z.object({ do: z.literal("heal") }),
  z.object({ do: z.literal("proof") }),
]);
export type MeshCommand = z.input<typeof meshCommand>;

/** The answer to `open` has an address; that to `proof` has one where a fault took effect. */
export const meshAnswer = z.object({
  address: address.optional(),
  proof: z.string().optional(),
  /** The command failed: why, for people. */
  error: z.string().optional(),
});
export type MeshAnswer = z.infer<typeof meshAnswer>;
