import { expect, it } from "vitest";
import { nodeId } from "../../core/op.ts";
import { mutants } from "../../raft/core/mutants.ts";
import type { NodeView } from "../deployment.ts";
import { deployment } from "./deployment.ts";

const at = (port: number) => ({ host: "127.0.0.1", port });
const node: NodeView = {
  id: nodeId("n2"),
  index: 2,
  dataDir: "/data/n2",
  listen: { client: at(20), gateway: at(21), peer: at(22) },
  advertise: { client: at(20), gateway: at(21), peer: at(22) },
  peers: [
    { id: nodeId("n1"), index: 1, addresses: { client: at(10), gateway: at(11), peer: at(112) } },
    { id: nodeId("n3"), index: 3, addresses: { client: at(30), gateway: at(31), peer: at(132) } },
  ],
  extraArgs: ["--extra", "yes"],
  version: "1.0.0",
  command: "/usr/bin/node",
};

it("offers the mutants that the server has", () => {
  expect(deployment.mutants).toEqual(mutants);
});

it("gives a node its own addresses and those at which it reaches its peers", () => {
  const { argv } = deployment.launch(node);
  expect(argv[0]).toBe("/usr/bin/node");
  expect(argv.join(" ")).toContain("--listen-peer 127.0.0.1:22 ");
  expect(argv.join(" ")).toContain("--initial-cluster n1=127.0.0.1:112,n2=127.0.0.1:22,n3=127.0.0.1:132 ");
  expect(argv.slice(-2)).toEqual(["--extra", "yes"]);
  expect(argv).not.toContain("--mutant");
});

it("plants a bug only where one is asked for", () => {
  expect(deployment.launch({ ...node, mutant: "forget-vote" }).argv.join(" ")).toContain(
    "--mutant forget-vote",
  );
});

it("runs the program of the image where the runtime found none on the machine", () => {
  const { command: _, ...contained } = node;
  expect(deployment.launch(contained).argv.slice(0, 3)).toEqual(["assay-reference", "--name", "n2"]);
});
