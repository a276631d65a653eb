/** The schema of `assay bench --preset http --json`, from which docs/http.schema.json is made. */
import * as z from "zod";

const micros = z.number().describe("microseconds from the send to the answer; 0 if no answer was ok");

const ceiling = z.strictObject({
  request: z.enum(["write", "read"]),
  ok: z.number().describe("answers of a status from 200 to 299"),
  failed: z.number().describe("other answers, errors of connections and time-outs"),
  okPerSecond: z.number(),
  p50: micros,
  p99: micros,
  max: micros,
  nullServerPerSecond: z
    .number()
    .describe("what the same load reaches against a server that answers at once"),
  limited: z.string().optional().describe("why the load generator, and not the system, set the figures"),
});

export const httpSchema = z.object({
  preset: z.literal("http"),
  seconds: z.number(),
  systems: z.array(
    z.strictObject({
      system: z.string(),
      version: z.string(),
      runtime: z.string(),
      nodes: z.number(),
      connections: z.number(),
      seconds: z.number().describe("for each kind of request"),
      ceilings: z.array(ceiling),
    }),
  ),
  page: z.string(),
});
