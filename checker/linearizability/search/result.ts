import type { LimitName } from "../limits.ts";

/** What a search found. Operations and events are numbers of its problem. */
export type SearchResult =
  | {
      readonly kind: "valid";
      /** The order, where the search kept it. */
      readonly order?: FoundOrder;
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

/** Moves in a legal order (see Moves for what goes without saying), and how many events were past at each. */
export interface FoundOrder {
  readonly moves: Int32Array;
  readonly at: Int32Array;
}

/** A search came to the end of the work that it was allowed. Proves nothing. */
export interface GaveUp {
  readonly kind: "gave-up";
  /** How many events an order came past at most, and states that were possible there. */
  readonly events: number;
  readonly states: readonly number[];
}
