/** Watches whose keys and values are padded on their way to the system: what they report has the short form. */
import type { Delivery, Subscription, Told, Watches } from "../../adapters/client/watch.ts";
import type { Json } from "../../core/op.ts";
import type { Payload } from "../records/payload.ts";

export const paddedWatches = (watches: Watches, payload: Payload): Watches => ({
  async open(request, ask) {
    const { target } = request;
    const padded = "key" in target ? { key: payload.key(target.key) } : target;
    return shortened(await watches.open({ ...request, target: padded }, ask), payload);
  },
});

function shortened(subscription: Subscription, payload: Payload): Subscription {
  const { revision, progress } = subscription;
  return {
    ...(revision !== undefined && { revision }),
    ...(progress !== undefined && { progress: (ask) => progress.call(subscription, ask) }),
    next: async (): Promise<Delivery | undefined> =>
      (await subscription.next())?.map((told) => shortTold(told, payload)),
    close: (ask) => subscription.close(ask),
  };
}

const aboutValues: ReadonlySet<string> = new Set(["create", "put", "delete", "state"]);

function shortTold({ key, value, previous, ...told }: Told, payload: Payload): Told {
  const short = (held: Json) =>
    typeof held === "string" && aboutValues.has(told.f) ? payload.shortValue(held) : held;
  return {
    ...told,
    ...(key !== undefined && { key: payload.shortKey(key) }),
    ...(value !== undefined && { value: short(value) }),
    ...(previous !== undefined && { previous: short(previous) }),
  };
}
