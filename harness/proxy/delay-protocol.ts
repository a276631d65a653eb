import * as z from "zod";
import { nodeId } from "../../core/op.ts";

/** Options of a delay proxy's process, as JSON in its one argument. */
export const delayProxySpec = z.object({
  /** The node that it stands before. */
  node: z.string().transform(nodeId),
  /** Peers by the addresses that their connections come from. */
  peers: z.record(z.string(), z.string().transform(nodeId)),
  /** Each port that it listens on, and where it passes connections on to. */
  ports: z.array(z.object({ listen: z.int(), target: z.object({ host: z.string(), port: z.int() }) })),
  /** Seed of the jitter. */
  seed: z.int(),
});
export type DelayProxySpec = z.input<typeof delayProxySpec>;

const link = z.tuple([z.string().transform(nodeId), z.string().transform(nodeId)]);

/** A line of JSON on its standard input. Each is answered by one line on standard output. */
export const delayCommand = z.discriminatedUnion("do", [
  z.object({ do: z.literal("slow"), links: z.array(link), delayMs: z.number(), jitterMs: z.number() }),
  z.object({ do: z.literal("heal") }),
  z.object({ do: z.literal("proof") }),
]);
export type DelayCommand = z.input<typeof delayCommand>;

/** The answer: writes delayed on each link, on `proof`. The same shape, empty, is its first line, once it listens. */
export const delayAnswer = z.object({
  delayed: z.array(z.object({ link, writes: z.number() })),
});
export type DelayAnswer = z.infer<typeof delayAnswer>;
