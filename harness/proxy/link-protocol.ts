import * as z from "zod";
import { nodeId } from "../../core/op.ts";

/** Options of a link proxy's process, as JSON in its one argument. */
export const linkProxySpec = z.object({
  /** The node that it stands before. */
  node: z.string().transform(nodeId),
  /** Peers by the addresses that their connections come from. */
  peers: z.record(z.string(), z.string().transform(nodeId)),
  /** Each port that it listens on, and where it passes connections on to. */
  ports: z.array(z.object({ listen: z.int(), target: z.object({ host: z.string(), port: z.int() }) })),
  /** Seed of the jitter. */
  seed: z.int(),
});
export type LinkProxySpec = z.input<typeof linkProxySpec>;

const link = z.tuple([z.string().transform(nodeId), z.string().transform(nodeId)]);

/** A line of JSON on its standard input. Each is answered by one line on standard output. */
export const linkCommand = z.discriminatedUnion("do", [
  z.object({ do: z.literal("slow"), links: z.array(link), delayMs: z.number(), jitterMs: z.number() }),
  z.object({ do: z.literal("hold"), links: z.array(link) }),
  z.object({ do: z.literal("mend"), links: z.array(link), spreadMs: z.number() }),
  z.object({ do: z.literal("heal") }),
  z.object({ do: z.literal("proof") }),
]);
export type LinkCommand = z.input<typeof linkCommand>;

/** The answer: what was seen of each link's faults, on `proof`. The same shape, empty, is its first line, once it listens. */
export const linkAnswer = z.object({
  seen: z.array(
    z.object({
      link,
      delayedWrites: z.number(),
      heldWrites: z.number(),
      heldBytes: z.number(),
      heldConnects: z.number(),
    }),
  ),
});
export type LinkAnswer = z.infer<typeof linkAnswer>;
