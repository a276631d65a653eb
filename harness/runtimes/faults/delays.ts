import type { Link } from "../../../core/op.ts";

/** Mechanism that delays links. Calls add up; for the same link, the later one wins. */
export interface Delays {
  slow(links: readonly Link[], delayMs: number, jitterMs: number): Promise<void>;
  heal(): Promise<void>;
  /** One line for each link that has delayed something. */
  proof(): Promise<string[]>;
  /** Never rejects. */
  close(): Promise<void>;
}
