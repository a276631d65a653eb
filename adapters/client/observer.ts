/** What the harness asks nodes again and again while a run goes on. */
import type { NodeId } from "../../core/op.ts";
import type { Ask } from "./ask.ts";
import type { ConnectOptions, Endpoint } from "./connection.ts";

/**
 * Opens no connection before the first question, and keeps those that it opened for the next ones: a new connection
 * costs more than the question. One that broke, or that did not answer in time, is replaced by the next question.
 */
export interface Observer {
  /** The node that leads, as the nodes that answer see it (the highest term wins); undefined if none does. Never rejects. */
  leader(ask?: LeaderAsk): Promise<NodeId | undefined>;
  /** Whether the node serves reads and writes as a member of a formed cluster. Never rejects. */
  ready(node: NodeId, ask?: Ask): Promise<boolean>;
  /**
   * How often the node has called fsync or fdatasync for its log since its start; undefined if it does not answer. Never rejects.
   * Absent if the system does not count.
   */
  syncs?(node: NodeId, ask?: Ask): Promise<number | undefined>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** A question for the leader. */
export interface LeaderAsk extends Ask {
  /** The nodes that are asked, who may name any other; default: all. */
  readonly among?: readonly NodeId[];
}

/** Whether a node is among those that are asked. */
export const isAsked = (node: NodeId, { among }: LeaderAsk = {}): boolean =>
  among === undefined || among.includes(node);

/** The questions of an observer, each asked once over a connection of its own. */
export interface AskedOnce {
  observe(endpoints: readonly Endpoint[], options: ConnectOptions): Observer;
  leader(endpoints: readonly Endpoint[], options: ConnectOptions): Promise<NodeId | undefined>;
  ready(endpoint: Endpoint, options: ConnectOptions): Promise<boolean>;
}

/** A system's `observe`, and its questions asked once. */
export const observable = (observe: AskedOnce["observe"]): AskedOnce => ({
  observe,
  async leader(endpoints, options) {
    const observer = observe(endpoints, options);
    return observer.leader().finally(() => observer.close());
  },
  async ready(endpoint, options) {
    const observer = observe([endpoint], options);
    return observer.ready(endpoint.node).finally(() => observer.close());
  },
});
