import { afterEach, describe, expect, it } from "vitest";
import { CouldNotRunError } from "../../../core/errors.ts";
import { nodeId } from "../../../core/op.ts";
import { LinkProxyProcess } from "./link-proxy-process.ts";

const n1 = nodeId("n1");
const started: LinkProxyProcess[] = [];

/** A process that says that it listens, and then does `then` with each command. */
const talking = (then: string): LinkProxyProcess => {
  const program = `console.log('{"seen":[]}'); process.stdin.on("data", () => { ${then} });`;
  const proxy = new LinkProxyProcess(n1, [process.execPath, "-e", program]);
  started.push(proxy);
  return proxy;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((proxy) => proxy.close()));
});

describe("the process of a link proxy", () => {
  it("answers commands in their order", async () => {
    const proxy = talking(`console.log('{"seen":[]}')`);
    await proxy.ready();
    expect(await proxy.send({ do: "heal" })).toEqual([]);
  });

  it("that exits rejects the command that it was given, and each one after it", async () => {
    const proxy = talking("process.exit(3)");
    await proxy.ready();
    const why = "the link proxy of n1 exited (status 3)";
    await expect(proxy.send({ do: "heal" })).rejects.toThrow(new CouldNotRunError(why));
    await expect(proxy.send({ do: "heal" })).rejects.toThrow(new CouldNotRunError(why));
  });

  it("that was closed rejects commands", async () => {
    const proxy = talking("");
    await proxy.ready();
    await proxy.close();
    await expect(proxy.send({ do: "proof" })).rejects.toThrow("the link proxy of n1 exited (SIGKILL)");
  });

  it.each(["no JSON", '{"seen":1}'])(
    "that answers %s rejects the command with what it said",
    async (line) => {
      const proxy = talking(`console.log(${JSON.stringify(line)})`);
      await proxy.ready();
      const why = `the link proxy of n1 gave an answer that cannot be read: ${line}`;
      await expect(proxy.send({ do: "heal" })).rejects.toThrow(new CouldNotRunError(why));
      await expect(proxy.send({ do: "heal" })).rejects.toThrow(new CouldNotRunError(why));
    },
  );

  it("that cannot be started is not ready, and says so", async () => {
    const proxy = new LinkProxyProcess(n1, ["/nowhere/proxy"]);
    await expect(proxy.ready()).rejects.toThrow("the link proxy of n1 exited (it could not be started)");
    await expect(proxy.send({ do: "heal" })).rejects.toThrow(CouldNotRunError);
    await proxy.close();
  });
});
