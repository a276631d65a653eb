/**
 * What is wrong with a set's elements, or worth measuring. All that is claimed is certain by the order of events: whoever
 * says that it is a violation has to know what the reads promise.
 */
import type { Json, Operation } from "../../core/op.ts";
import type { Known, Life } from "./lives.ts";

/** Which promise to a session is broken. */
export type SessionRule = "monotonic reads" | "read your writes";

export type Finding =
  /** A list that lacks an element which was surely in when it began, or shows one that was surely taken out. */
  | {
      readonly kind: "stale";
      readonly list: Operation;
      readonly life: Life;
      readonly shows: boolean;
      readonly since: Known;
      /** For how long at least, milliseconds. */
      readonly staleMs: number;
      /** How many elements it lacks or shows wrongly. */
      readonly elements: number;
    }
  /** An older state than the session had seen, or made, at `since`. */
  | {
      readonly kind: "session";
      readonly list: Operation;
      readonly life: Life;
      readonly shows: boolean;
      readonly since: Known;
      readonly rule: SessionRule;
    }
  /** An element that is shown although a list that was answered before had shown that it was gone. */
  | { readonly kind: "reappearing"; readonly list: Operation; readonly life: Life; readonly since: Known }
  /** An element that was surely in, and that nothing took out: no list that begins with `by` or later shows it. */
  | {
      readonly kind: "lost";
      readonly life: Life;
      readonly by: Operation;
      /** Lists that lack it, `by` included. */
      readonly lists: number;
      readonly last: Operation;
    }
  /** The same, on the nodes that gave these lists at rest, whatever other nodes list. */
  | { readonly kind: "lost-at-rest"; readonly life: Life; readonly lists: readonly Operation[] }
  /** A remove that did not find an element which was surely in. */
  | { readonly kind: "refused"; readonly life: Life; readonly by: Operation }
  /** An element that nobody had added when it was shown, or found by its remove. */
  | {
      readonly kind: "unexpected";
      readonly by: Operation;
      readonly value: Json;
      readonly life: Life | undefined;
    }
  | { readonly kind: "twice"; readonly by: Operation; readonly value: Json };
