import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { hostPort } from "../addresses.ts";
import { Authority, certificatesMissing } from "../conformance/certificates.ts";
import { clock, type TestCluster, untilReady } from "../conformance/cluster.ts";
import { conformsGuarded } from "../conformance/security.ts";
import type { NodeLaunch, NodeView } from "../deployment.ts";
import { etcd } from "./adapter.ts";

const { deployment } = etcd;
const [program] = await deployment.installed();
const missing =
  (program === undefined ? `etcd is not installed: ${deployment.installHint}` : undefined) ??
  certificatesMissing() ??
  etcdctlMissing();

function etcdctlMissing(): string | undefined {
  try {
    execFileSync("etcdctl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "etcdctl is not installed: apt-get install etcd-client";
  }
}

describe.skipIf(requireOrSkip(missing))("etcd", () => {
  if (missing !== undefined) return;
  const authority = new Authority("etcd's");
  const stranger = new Authority("a stranger's");
  const { certificate: ca } = authority;
  const client = authority.issue("client");
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });

  const withTls = (launch: NodeLaunch, node: NodeView): NodeLaunch => {
    const address = node.listen["client"] ?? { host: "", port: 0 };
    const server = authority.issue(node.id, [address.host]);
    const file = (name: string) => join(node.dataDir, "tls", name);
    return {
      argv: [
        ...launch.argv,
        ...["--listen-client-urls", `https://${hostPort(address)}`],
        ...["--advertise-client-urls", `https://${hostPort(address)}`],
        ...["--cert-file", file("server.pem"), "--key-file", file("server.key")],
        ...["--client-cert-auth", "--trusted-ca-file", file("ca.pem")],
      ],
      env: launch.env,
      files: {
        ...launch.files,
        "tls/server.pem": server.certificate,
        "tls/server.key": server.key,
        "tls/ca.pem": ca,
      },
    };
  };

  conformsGuarded(etcd, {
    by: "TLS with client certificates",
    start: () => startDirect(deployment, { size: 3, clock, tailor: withTls }),
    accepted: { tls: { ca, ...client } },
    refused: {
      "a client without a certificate": { tls: { ca } },
      "a client with a stranger's certificate": { tls: { ca, ...stranger.issue("stranger") } },
      "to be taken for a server of another authority": { tls: { ca: stranger.certificate, ...client } },
      "a client without TLS": {},
    },
  });

  conformsGuarded(etcd, {
    by: "user and password",
    start: () => startDirect(deployment, { size: 3, clock }),
    prepare: async (cluster) => {
      await untilReady(etcd, cluster.nodes);
      enableAuthentication(cluster);
    },
    accepted: { user: { name: "root", password: "secret" } },
    refused: {
      "a wrong password": { user: { name: "root", password: "wrong" } },
      "an unknown user": { user: { name: "nobody", password: "secret" } },
      "a client without a user": {},
    },
  });
});

function enableAuthentication(cluster: TestCluster): void {
  const endpoint = cluster.nodes[0]?.endpoint ?? { host: "", port: 0 };
  for (const command of ["user add root:secret", "user grant-role root root", "auth enable"]) {
    execFileSync("etcdctl", ["--endpoints", hostPort(endpoint), ...command.split(" ")], {
      env: { ...process.env, ETCDCTL_API: "3" },
      stdio: "pipe",
    });
  }
}
