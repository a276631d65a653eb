import { expect, it } from "vitest";
import { millis, seconds } from "../../core/time.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { memberId } from "../core/types.ts";
import { found } from "./founding.ts";

/** How often the member asks for votes, if it is over after a second. */
async function campaigns(id: number, peers: readonly number[]): Promise<number> {
  const clock = new VirtualClock();
  const addresses = peers.map((peer) => ({ id: memberId(peer), name: `n${peer}`, host: "", port: 0 }));
  let count = 0;
  found(
    { id: memberId(id), peers: addresses, clock, heartbeatMs: 100 },
    () => clock.now() >= seconds(1),
    () => {
      count++;
    },
  );
  await clock.run(() => new Promise<void>((resolve) => void clock.after(millis(1900), resolve)));
  return count;
}

it("the first member of a new cluster asks for votes once a heartbeat until somebody leads, the others do not", async () => {
  expect(await campaigns(1, [2, 3])).toBe(10);
  expect(await campaigns(2, [1, 3])).toBe(0);
  expect(await campaigns(1, [])).toBe(10);
});
