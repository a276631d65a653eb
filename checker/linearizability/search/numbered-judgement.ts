import type { LimitName } from "../limits.ts";
import { completeOrder } from "./complete-order.ts";
import type { Problem } from "./problem.ts";
import type { SearchResult } from "./result.ts";
import { returnsBefore } from "./timeline.ts";

/** The judgement of a list of operations in numbers: positions in the list, states as the machine numbers them. */
export type NumberedJudgement =
  | {
      readonly kind: "valid";
      /** A legal order, where it was asked for. */
      readonly order?: Int32Array;
    }
  | { readonly kind: "invalid"; readonly culprit: number }
  | {
      readonly kind: "unknown";
      readonly limit: LimitName;
      /** How many operations had returned when the search stopped. */
      readonly judged: number;
      /** The states that were possible there. */
      readonly states: readonly number[];
    };

/** A search's result in terms of the list that its problem was made from; with the order only where `wantsOrder`. */
export function numbered(problem: Problem, result: SearchResult, wantsOrder: boolean): NumberedJudgement {
  const inList = (operation: number) => problem.source[operation] as number;
  switch (result.kind) {
    case "valid":
      return validBy(
        wantsOrder && result.order !== undefined
          ? completeOrder(problem, result.order).map(inList)
          : undefined,
      );
    case "invalid":
      return { kind: "invalid", culprit: inList(result.culprit) };
    case "unknown": {
      const judged = returnsBefore(problem.timeline, result.events);
      return { kind: "unknown", limit: result.limit, judged, states: result.states };
    }
  }
}

/** The judgement `valid`, with the order if there is one. */
export const validBy = (order: Int32Array | undefined): NumberedJudgement => ({
  kind: "valid",
  ...(order !== undefined && { order }),
});
