import type { FoundOrder } from "./depth-first.ts";
import type { LimitName } from "./limits.ts";

/** What a search found. Operations and events are numbers of its problem. */
export type SearchResult =
  | {
      readonly kind: "valid";
      /** The order, where the search kept it. */
      readonly found?: FoundOrder;
    }
  | {
      readonly kind: "invalid";
      /** The first operation, by return, that cannot be placed: with it, but not without it, no order is legal. */
      readonly culprit: number;
    }
  | {
      readonly kind: "unknown";
      readonly limit: LimitName;
      /** How many events the search came past. */
      readonly events: number;
      /** The states that were possible there. */
      readonly states: readonly number[];
    };
