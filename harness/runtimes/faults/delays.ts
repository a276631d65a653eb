import type { Link } from "../../../core/op.ts";

/** A way to make links slow. Calls add up; the later one wins where they meet. */
export interface Delays {
  slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void>;
  heal(): Promise<void>;
  /** One line for each link that was seen to delay anything. */
  proof(): Promise<string[]>;
  /** Never rejects. */
  close(): Promise<void>;
}
