/** What the harness and its process of proxies say to each other: two processes of one build, so that nothing is checked. */
import type { Link, NodeId } from "../../core/op.ts";

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Options of a mesh's process, as JSON in its one argument. */
export interface MeshSpec {
  readonly nodes: readonly NodeId[];
  /** Seed of the jitter. */
  readonly seed: number;
}

/** A line of JSON on its standard input. Each is answered by one line on standard output, in order. */
export type MeshCommand =
  | {
      readonly do: "open";
      readonly from: NodeId;
      readonly to: NodeId;
      readonly target: Address;
      /** Port of 127.0.0.1 to listen on; 0: any free one. */
      readonly port: number;
    }
  | { readonly do: "cut" | "mend"; readonly links: readonly Link[] }
  | {
      readonly do: "slow";
      readonly links: readonly Link[];
      readonly delayMs: number;
      readonly jitterMs: number;
    }
  | { readonly do: "heal" }
  | { readonly do: "proof" };

/** The answer to `open` has an address; that to `proof` has one where a fault took effect. */
export interface MeshAnswer {
  readonly address?: Address;
  readonly proof?: string | undefined;
  /** The command failed: why, for people. */
  readonly error?: string;
}
