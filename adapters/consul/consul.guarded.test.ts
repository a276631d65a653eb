import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { requireOrSkip } from "../../core/testing/require-or-skip.ts";
import { startDirect } from "../../harness/runtimes/testing/direct-cluster.ts";
import { Authority, certificatesMissing } from "../conformance/certificates.ts";
import { clock } from "../conformance/cluster.ts";
import { conformsGuarded } from "../conformance/security.ts";
import type { NodeLaunch, NodeView } from "../deployment.ts";
import { consul } from "./adapter.ts";

const { deployment } = consul;
const [program] = await deployment.installed();
const missing =
  (program === undefined ? `Consul is not installed: ${deployment.installHint}` : undefined) ??
  certificatesMissing();

/** The launch with settings of a second file, which Consul adds to the first. */
function withSettings(
  launch: NodeLaunch,
  node: NodeView,
  settings: unknown,
  files: Readonly<Record<string, string>> = {},
): NodeLaunch {
  const file = "guard.json";
  return {
    ...launch,
    argv: [...launch.argv, `-config-file=${join(node.dataDir, file)}`],
    files: { ...launch.files, ...files, [file]: JSON.stringify(settings) },
  };
}

describe.skipIf(requireOrSkip(missing))("consul", () => {
  if (missing !== undefined) return;
  const authority = new Authority("Consul's");
  const stranger = new Authority("a stranger's");
  const { certificate: ca } = authority;
  const client = authority.issue("client");
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });

  const withTls = (launch: NodeLaunch, node: NodeView): NodeLaunch => {
    const http = node.listen["http"] ?? { host: "", port: 0 };
    const server = authority.issue(node.id, [http.host]);
    const file = (name: string) => join(node.dataDir, name);
    const settings = {
      ports: { http: -1, https: http.port },
      ca_file: file("ca.pem"),
      cert_file: file("server.pem"),
      key_file: file("server.key"),
      verify_incoming_https: true,
    };
    return withSettings(launch, node, settings, {
      "ca.pem": ca,
      "server.pem": server.certificate,
      "server.key": server.key,
    });
  };

  conformsGuarded(consul, {
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

  const token = "5a1dbd5e-0c7b-4d0a-9c39-6f2d3b1a7e10";
  const other = "00000000-1111-2222-3333-444444444444";
  const [major = 0, minor = 0] = (program?.version ?? "").split(".").map(Number);
  const managementToken = major > 1 || minor >= 11 ? "initial_management" : "master";

  conformsGuarded(consul, {
    by: "a token",
    start: () =>
      startDirect(deployment, {
        size: 3,
        clock,
        tailor: (launch, node) =>
          withSettings(launch, node, {
            acl: { enabled: true, default_policy: "deny", tokens: { [managementToken]: token } },
          }),
      }),
    accepted: { token },
    refused: { "another token": { token: other }, "a client without a token": {} },
  });
});
