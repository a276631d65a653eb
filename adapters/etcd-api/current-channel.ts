/** The channel to one node that is in use: one at a time, replaced when it ended or fell silent. Connections may share it. */
import type { ConnectOptions, Endpoint } from "../adapter.ts";
import { Channel } from "./channel.ts";

export interface ChannelOptions extends Pick<ConnectOptions, "tls" | "localAddress"> {
  /** What the node may send before it must wait for the reader. Absent: enough for a large answer. */
  readonly windowBytes?: number;
}

export class CurrentChannel {
  readonly #endpoint: Endpoint;
  readonly #options: ChannelOptions;
  #channel: Channel | undefined;

  /** Opens no socket yet. */
  constructor(endpoint: Endpoint, options: ChannelOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** The channel for the next call; it may not be up yet. */
  get(): Channel {
    if (this.#channel === undefined || this.#channel.hasEnded)
      this.#channel = new Channel(this.#endpoint, this.#options, this.#options.windowBytes);
    return this.#channel;
  }

  /**
   * A link that swallowed a packet is silent for longer and longer (TCP backs off), and stays so for a while after it
   * is healed. A call that got no answer therefore leaves its channel to the calls that are still on it.
   */
  leave(channel: Channel): void {
    if (channel === this.#channel) this.#channel = undefined;
    channel.retire();
  }

  /** Ends what is on it at once. */
  close(): void {
    this.#channel?.destroy();
  }
}
