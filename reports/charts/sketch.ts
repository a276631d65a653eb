import type { Operation } from "../../core/op.ts";
import type { Anomaly } from "../../core/verdict.ts";
import { barLabel, describeOperation } from "../words.ts";
import type { FaultBand } from "./timeline.ts";

/**
 * A few operations as a drawing shows them: bars in lanes by process. Everything that came from the system is a text
 * by now. The drawing itself is `sketch-svg.ts`.
 */
export interface Sketch {
  readonly id: string;
  /** One a process, in order of its first operation. */
  readonly lanes: readonly Lane[];
  /** In order of invocation. */
  readonly bars: readonly Bar[];
  /** Position in `bars` of the operation that cannot be placed. */
  readonly culprit?: number;
  /** Position in `bars` of the operation that the drawing is about, where it is not a culprit. */
  readonly chosen?: number;
  /** Each possible state's order: positions in `bars`. */
  readonly orders: readonly (readonly number[])[];
  /** The faults that touch the drawing's time. */
  readonly faults: readonly FaultBand[];
}

export interface Lane {
  readonly process: number;
  readonly node: string;
}

export interface Bar {
  /** Position in `lanes`. */
  readonly lane: number;
  /** Seconds since the run began. */
  readonly from: number;
  /** Absent where the operation has no end in the order: unknown, or never answered. */
  readonly to?: number;
  readonly outcome: Operation["outcome"]["type"];
  readonly label: string;
  readonly title: string;
}

/** How many of the possible states have their order drawn; the text lists all that the checker gave. */
const orderLimit = 8;

export function sketchOf(
  id: string,
  operations: readonly Operation[],
  faults: readonly FaultBand[],
  anomaly: Pick<Anomaly, "culprit" | "states"> = {},
): Sketch {
  const processes = [...new Set(operations.map(({ process }) => process))];
  const bars = operations.map((operation): Bar => {
    const { process, invokedAt, completedAt, outcome } = operation;
    return {
      lane: processes.indexOf(process),
      from: invokedAt / 1e9,
      ...(outcome.type !== "info" && Number.isFinite(completedAt) && { to: completedAt / 1e9 }),
      outcome: outcome.type,
      label: barLabel(operation),
      title: describeOperation(operation),
    };
  });
  const last = Math.max(...bars.map(({ from, to }) => to ?? from));
  const first = Math.min(...bars.map(({ from }) => from));
  return {
    id,
    lanes: processes.map((process) => ({
      process,
      node: operations.find((operation) => operation.process === process)?.node ?? "",
    })),
    bars,
    ...(anomaly.culprit !== undefined && { culprit: anomaly.culprit }),
    orders: (anomaly.states ?? []).slice(0, orderLimit).map(({ order }) => order),
    faults: faults.filter(({ from, to }) => from <= last && to >= first),
  };
}
