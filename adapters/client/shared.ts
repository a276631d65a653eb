/** What clients of a node share, such as connections: a few for each node, each as long as a client uses it. */
import { hostPort } from "../addresses.ts";
import type { ConnectOptions, Endpoint } from "./connection.ts";

/** One client's part in something shared. */
export interface Part<T> {
  readonly of: T;
  /** Gives it up, once. What nobody has a part in any more is ended. */
  leave(): Promise<void>;
}

interface Place<T> {
  readonly of: T;
  users: number;
}

export class SharedByNode<T> {
  readonly #most: number;
  readonly #open: (endpoint: Endpoint, options: ConnectOptions) => T;
  readonly #end: (ended: T) => void | Promise<void>;
  /** By node and address: nodes that a null server stands in for have one address. */
  readonly #places = new Map<string, Place<T>[]>();

  /** `most`: for each node. */
  constructor(
    most: number,
    open: (endpoint: Endpoint, options: ConnectOptions) => T,
    end: (ended: T) => void | Promise<void>,
  ) {
    this.#most = most;
    this.#open = open;
    this.#end = end;
  }

  /**
   * Clients take turns: another one is opened while there are fewer than may be, then the one with the fewest clients is next.
   * It has the options of its first client; clients of a node should not differ in them.
   */
  take(endpoint: Endpoint, options: ConnectOptions): Part<T> {
    const places = this.#placesOf(endpoint);
    const place = places.length < this.#most ? this.#another(places, endpoint, options) : fewest(places);
    place.users++;
    let left = false;
    return {
      of: place.of,
      leave: async () => {
        if (left) return;
        left = true;
        if (--place.users > 0) return;
        places.splice(places.indexOf(place), 1);
        await this.#end(place.of);
      },
    };
  }

  #placesOf(endpoint: Endpoint): Place<T>[] {
    const name = `${endpoint.node} ${hostPort(endpoint)}`;
    const places = this.#places.get(name) ?? [];
    this.#places.set(name, places);
    return places;
  }

  #another(places: Place<T>[], endpoint: Endpoint, options: ConnectOptions): Place<T> {
    const place = { of: this.#open(endpoint, options), users: 0 };
    places.push(place);
    return place;
  }
}

const fewest = <T>(places: readonly Place<T>[]): Place<T> =>
  places.reduce((best, place) => (place.users < best.users ? place : best));
