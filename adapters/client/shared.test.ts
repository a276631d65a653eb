import { describe, expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { VirtualClock } from "../../core/virtual-clock.ts";
import { SharedByNode } from "./shared.ts";

const options = { timeoutMs: 1000, clock: new VirtualClock() };
const at = (node: string, port: number) => ({ node: nodeId(node), host: "127.0.0.1", port });

/** What is shared are names; who was ended is in `ended`. */
function sharing(most: number) {
  const ended: string[] = [];
  let opened = 0;
  const shared = new SharedByNode(
    most,
    ({ node }) => `${node}#${++opened}`,
    async (name) => void ended.push(name),
  );
  return { take: (node = "n1", port = 1) => shared.take(at(node, port), options), ended };
}

describe("SharedByNode", () => {
  it("gives clients one after the other, and then each again in turn", () => {
    const { take } = sharing(3);
    const names = Array.from({ length: 8 }, () => take().of);
    expect(names).toEqual(["n1#1", "n1#2", "n1#3", "n1#1", "n1#2", "n1#3", "n1#1", "n1#2"]);
  });

  it("opens no more than there are clients", async () => {
    const { take, ended } = sharing(100);
    const parts = [take(), take()];
    for (const part of parts) await part.leave();
    expect(ended).toEqual(["n1#1", "n1#2"]);
  });

  it("gives the one with the fewest clients next, where some have left", async () => {
    const { take } = sharing(2);
    const [, second] = [take(), take(), take(), take()];
    await second?.leave();
    expect([take().of, take().of, take().of]).toEqual(["n1#2", "n1#1", "n1#2"]);
  });

  it("ends with its last client, however often one leaves, and opens another one after that", async () => {
    const { take, ended } = sharing(1);
    const [one, other] = [take(), take()];
    await one?.leave();
    await one?.leave();
    expect(ended).toEqual([]);
    await other?.leave();
    expect(ended).toEqual(["n1#1"]);
    expect(take().of).toBe("n1#2");
  });

  it("shares nothing between nodes, even at one address, nor between addresses", () => {
    const { take } = sharing(1);
    const names = [take("n1"), take("n2"), take("n1"), take("n2"), take("n1", 2)].map((part) => part.of);
    expect(names).toEqual(["n1#1", "n2#2", "n1#1", "n2#2", "n1#3"]);
  });
});
