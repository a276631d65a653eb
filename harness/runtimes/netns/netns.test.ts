import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { requireOrSkip } from "../../../core/testing/require-or-skip.ts";
import { run, succeeds } from "../process/shell.ts";
import { EchoCluster } from "../testing/echo-cluster.ts";
import { runtimeContract } from "../testing/runtime-contract.ts";
import { netns } from "./netns.ts";
import { insideNamespaces, namespacesMissing, reexecInNamespaces } from "./reexec.ts";

const thisFile = fileURLToPath(import.meta.url);
const reexec = new URL("./reexec.ts", import.meta.url).href;
const vitest = fileURLToPath(new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url));

// This file runs itself again inside namespaces: there the runtime is tried, here the way in.
if (insideNamespaces()) {
  describe("the runtime netns", () => {
    runtimeContract(netns, () => EchoCluster.start(netns));

    it("runs several clusters side by side, and leaves no namespace when they stop", async () => {
      const before = await run(["ip", "netns", "list"]);
      const clusters = await Promise.all(
        ["a", "b"].map((name) =>
          EchoCluster.start(netns, {
            runId: `test-netns-${process.pid}-${name}`,
            faults: new Set(["link-cut"]),
          }),
        ),
      );
      const hosts = clusters.flatMap(({ cluster }) => cluster.nodes.map(({ endpoint }) => endpoint.host));
      expect(new Set(hosts).size).toBe(6);
      await Promise.all(clusters.map((echo) => echo.stop()));
      expect(await run(["ip", "netns", "list"])).toBe(before);
    }, 60_000);
  });
} else {
  describe.skipIf(requireOrSkip(await namespacesMissing()))("a harness in namespaces of its own", () => {
    it("keeps the contract of a runtime", async () => {
      expect(
        await reexecInNamespaces([process.execPath, vitest, "run", "--configLoader", "runner", thisFile]),
      ).toBe(0);
    }, 120_000);

    it("passes the exit status on", async () => {
      expect(await reexecInNamespaces(["sh", "-c", "exit 7"])).toBe(7);
    });

    it("writes files that belong to the user who called, where everyone sees them", async () => {
      const scratch = mkdtempSync(join(tmpdir(), "assay-netns-"));
      const file = join(scratch, "result");
      await reexecInNamespaces(["sh", "-c", `echo seen > ${file}`]);
      expect(readFileSync(file, "utf8")).toBe("seen\n");
      expect(statSync(file).uid).toBe(process.getuid?.());
      rmSync(scratch, { recursive: true });
      expect(existsSync(scratch)).toBe(false);
    });

    it.skipIf(process.getuid?.() !== 0)("is made for an ordinary user, too", async () => {
      const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
      const script = `
        import { namespacesMissing, reexecInNamespaces } from ${JSON.stringify(reexec)};
        console.log(await namespacesMissing());
        process.exit(await reexecInNamespaces(["sh", "-c", "id -u; ip netns add one; ip -n one link set lo up; ip netns list"]));`;
      const command = [process.execPath, "--import", "tsx", "--input-type", "module", "-e", script];
      // Its home is nowhere, and the repository may be where it must not look.
      if (!(await succeeds([...asNobody, "test", "-r", thisFile]))) return;
      expect(await run([...asNobody, ...command])).toBe("undefined\n0\none\n");
    });
  });
}
