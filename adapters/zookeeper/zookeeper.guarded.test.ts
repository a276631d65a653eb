import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { Authority, certificatesMissing } from "../conformance/certificates.ts";
import { clock } from "../conformance/cluster.ts";
import { conformsGuarded } from "../conformance/security.ts";
import type { NodeLaunch, NodeView } from "../deployment.ts";
import { zookeeper } from "./adapter.ts";

const { deployment } = zookeeper;
const [program] = await deployment.installed();
const missing =
  (program === undefined ? `ZooKeeper is not installed: ${deployment.installHint}` : undefined) ??
  certificatesMissing();

describe.skipIf(requireOrSkip(missing))("zookeeper", () => {
  if (missing !== undefined) return;
  const authority = new Authority("ZooKeeper's");
  const stranger = new Authority("a stranger's");
  const { certificate: ca } = authority;
  const client = authority.issue("client");
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });

  /** The client's port speaks TLS, and only to who shows a certificate. */
  const withTls = (launch: NodeLaunch, node: NodeView): NodeLaunch => {
    const server = authority.issue(node.id, [node.listen["client"]?.host ?? ""]);
    const plain = launch.files["zoo.cfg"] ?? "";
    const settings = [
      plain
        .replace("clientPort=", "secureClientPort=")
        .replace("clientPortAddress=", "secureClientPortAddress="),
      "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
      `ssl.keyStore.location=${join(node.dataDir, "server.pem")}`,
      "ssl.keyStore.type=PEM",
      `ssl.trustStore.location=${join(node.dataDir, "ca.pem")}`,
      "ssl.trustStore.type=PEM",
      "ssl.clientAuth=need",
    ];
    return {
      ...launch,
      files: {
        ...launch.files,
        "zoo.cfg": `${settings.join("\n")}\n`,
        "server.pem": server.key + server.certificate,
        "ca.pem": ca,
      },
    };
  };

  conformsGuarded(zookeeper, {
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

  conformsGuarded(zookeeper, {
    by: "digest",
    start: () => startDirect(deployment, { size: 3, clock }),
    accepted: { user: { name: "assay", password: "secret" } },
    refused: {
      "a wrong password": { user: { name: "assay", password: "wrong" } },
      "another user": { user: { name: "nobody", password: "secret" } },
      "a client without a user": {},
    },
  });
});
