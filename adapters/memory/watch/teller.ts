/** The parts of a watch of the in-memory system: its client's side, its node's side, and what each kind says. */
import type { Revision } from "../../../core/op.ts";
import type { Delivery, WatchRequest } from "../../client/watch.ts";
import type { PlantedBugs } from "../bugs.ts";
import type { MemoryNode } from "../node.ts";
import type { MemoryStore } from "../store.ts";

/** The client's side of a watch. */
export interface Watcher {
  /** True once nobody waits for it any more. */
  readonly isOver: boolean;
  /** The node has set the watch, in its state at this revision. */
  opened(revision: Revision, watch: OpenWatch): void;
  deliver(delivery: Delivery): void;
}

/** The node's side of a watch, for its client. */
export interface OpenWatch {
  /** Asks the node for a progress notification. Absent: this kind has none. */
  readonly progress?: () => void;
  pause(paused: boolean): void;
  close(): void;
}

/** What one kind of watch says, and when. */
export interface Teller {
  /** The watch is set, and its client knows. */
  start(): void;
  /** The node has applied everything up to this revision. */
  applied(upTo: Revision): void;
  /** The answer to a request for progress. */
  readonly progress?: () => Delivery;
}

/** What a teller works with. */
export interface Post {
  readonly node: MemoryNode;
  readonly store: MemoryStore;
  readonly bugs: PlantedBugs;
  readonly request: WatchRequest;
  /** Sends a delivery to the client; calls `arrived` at the node when the client has it and has answered. */
  tell(delivery: Delivery, arrived?: () => void): void;
}
