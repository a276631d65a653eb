import { describe, expect, it } from "vitest";
import { nodeId } from "../core/op.ts";
import { consul } from "./consul/adapter.ts";
import type { Deployment, NodeView } from "./deployment.ts";
import { etcd } from "./etcd/adapter.ts";
import { zookeeper } from "./zookeeper/adapter.ts";

/** The second of three nodes, in a network where each has an address of its own. */
function view(deployment: Deployment, more: Partial<NodeView> = {}): NodeView {
  const addresses = (host: string) =>
    Object.fromEntries(
      Object.entries(deployment.ports).map(([name, { number }]) => [name, { host, port: number }]),
    );
  return {
    id: nodeId("n2"),
    index: 2,
    dataDir: "/data/n2",
    listen: addresses("198.18.0.2"),
    advertise: addresses("198.18.0.2"),
    peers: [1, 3].map((i) => ({
      id: nodeId(`n${i}`),
      index: i,
      addresses: addresses(`198.18.0.${i}`),
    })),
    extraArgs: [],
    version: "1.2.3",
    ...more,
  };
}

const announced = (deployment: Deployment, host: string): Partial<NodeView> => ({
  listen: Object.fromEntries(
    Object.entries(deployment.ports).map(([name, { number }]) => [name, { host: "0.0.0.0", port: number }]),
  ),
  announced: Object.fromEntries(
    Object.entries(deployment.ports).map(([name, { number }]) => [name, { host, port: number }]),
  ),
});

describe("etcd's command line", () => {
  it("names every member under the address that all know it by", () => {
    const { argv } = etcd.deployment.launch(view(etcd.deployment, { command: "/usr/bin/etcd" }));
    const cluster = "n1=http://198.18.0.1:2380,n2=http://198.18.0.2:2380,n3=http://198.18.0.3:2380";
    expect(argv[0]).toBe("/usr/bin/etcd");
    expect(argv[argv.indexOf("--initial-cluster") + 1]).toBe(cluster);
  });

  it("listens everywhere and announces its name where it is a container", () => {
    const { argv } = etcd.deployment.launch(view(etcd.deployment, announced(etcd.deployment, "n2.test")));
    expect(argv[0]).toBe("etcd");
    expect(argv[argv.indexOf("--listen-peer-urls") + 1]).toBe("http://0.0.0.0:2380");
    expect(argv[argv.indexOf("--initial-advertise-peer-urls") + 1]).toBe("http://n2.test:2380");
    expect(argv[argv.indexOf("--initial-cluster") + 1]).toContain("n2=http://n2.test:2380");
  });

  it("ends with the arguments of the user, which win", () => {
    const extraArgs = ["--heartbeat-interval", "100"];
    const { argv } = etcd.deployment.launch(view(etcd.deployment, { extraArgs }));
    expect(argv.slice(-2)).toEqual(extraArgs);
  });
});

describe("ZooKeeper's command line", () => {
  const { deployment } = zookeeper;

  it("starts the jar of a package with what its manifest leaves out, its own jute first", () => {
    const command = "/opt/assay/zookeeper-3.9.3/usr/share/java/zookeeper-3.9.3.jar";
    const { argv } = deployment.launch(view(deployment, { command }));
    const classPath = argv[argv.indexOf("-cp") + 1]?.split(":") ?? [];
    expect(argv[0]).toBe("java");
    expect(classPath[0]).toBe("/opt/assay/zookeeper-3.9.3/usr/share/java/zookeeper-jute.jar");
    expect(classPath[1]).toBe(command);
    expect(argv.at(-1)).toBe("/data/n2/zoo.cfg");
  });

  it("starts an upstream archive with all that lies in it", () => {
    const command = "/opt/assay/zookeeper-3.6.4/lib/zookeeper-3.6.4.jar";
    const { argv } = deployment.launch(view(deployment, { command }));
    expect(argv[argv.indexOf("-cp") + 1]).toBe(
      "/opt/assay/zookeeper-3.6.4/lib/*:/opt/assay/zookeeper-3.6.4/conf",
    );
  });

  it("uses the script of an image, which finds its own jars", () => {
    const { argv, env } = deployment.launch(view(deployment, { extraArgs: ["-Xmx1g"] }));
    expect(argv).toEqual(["zkServer.sh", "start-foreground", "/data/n2/zoo.cfg"]);
    expect(env["SERVER_JVMFLAGS"]).toMatch(/-Xmx1g$/);
  });

  it("takes extra settings of zoo.cfg, which win over its own", () => {
    const { files } = deployment.launch(view(deployment, { extraArgs: ["syncLimit=25", "a.b=c=d"] }));
    const lines = files["zoo.cfg"]?.split("\n") ?? [];
    expect(lines).toContain("syncLimit=25");
    expect(lines.filter((line) => line.startsWith("syncLimit"))).toHaveLength(1);
    expect(lines).toContain("a.b=c=d");
    expect(lines).toContain("server.1=198.18.0.1:2888:3888");
    expect(files["data/myid"]).toBe("2\n");
  });
});

describe("Consul's configuration", () => {
  const { deployment } = consul;
  const configured = (node: NodeView) =>
    JSON.parse(deployment.launch(node).files["consul.json"] ?? "") as Record<string, unknown>;

  it("expects the whole cluster and joins the others", () => {
    expect(configured(view(deployment))).toMatchObject({
      bootstrap_expect: 3,
      bind_addr: "198.18.0.2",
      advertise_addr: "198.18.0.2",
      retry_join: ["198.18.0.1:8301", "198.18.0.3:8301"],
    });
  });

  it("leaves it to Consul to find its address where it is known by a name only", () => {
    expect(configured(view(deployment, announced(deployment, "n2.test")))).not.toHaveProperty(
      "advertise_addr",
    );
    expect(configured(view(deployment, announced(deployment, "10.0.0.2")))).toMatchObject({
      bind_addr: "0.0.0.0",
      advertise_addr: "10.0.0.2",
    });
  });
});
