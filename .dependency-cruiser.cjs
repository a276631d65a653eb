/** The import rules of the project: who may import whom. See docs/architecture.md. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.ts$|(^|/)testing(/|\\.ts$)" },
  to: { path: "^(core|raft|adapters|workloads|checker|harness|reports)/", pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    only("core-is-a-leaf", "^core/", "^core/", "The vocabulary knows nobody."),
    only(
      "raft-core-is-pure",
      "^raft/core/",
      "^(core|raft/core)/",
      "Raft knows nothing of keys, disks or sockets.",
    ),
    only(
      "raft-kv-is-pure",
      "^raft/kv/",
      "^(core|raft/kv)/",
      "The state machine does not know how it is replicated.",
    ),
    only(
      "raft-server",
      "^raft/server/",
      "^(core|raft/core|raft/kv|raft/server)/",
      "The server drives core and kv.",
    ),
    only(
      "raft-sim",
      "^raft/sim/",
      "^(core|raft/core|raft/kv|raft/sim)/",
      "The simulator drives core and kv.",
    ),
    only(
      "adapters-contract",
      "^adapters/(client/|(?!registry)[^/]+\\.ts$)",
      "^(core|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "The contract knows no system.",
    ),
    only(
      "adapters-conformance",
      "^adapters/conformance/",
      "^(core|adapters/conformance|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "One suite for every system, by its capabilities.",
    ),
    only(
      "adapters-registry",
      "^adapters/registry\\.ts$",
      "^(core|adapters)/",
      "The one file that knows every system; only the command line reads it.",
    ),
    only(
      "adapters-reference",
      "^adapters/reference/",
      "^(core|adapters/reference|adapters/etcd-api|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "adapters-etcd",
      "^adapters/etcd/",
      "^(core|adapters/etcd|adapters/etcd-api|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "adapters-etcd-api",
      "^adapters/etcd-api/",
      "^(core|adapters/etcd-api|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "adapters-zookeeper",
      "^adapters/zookeeper/",
      "^(core|adapters/zookeeper|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "adapters-consul",
      "^adapters/consul/",
      "^(core|adapters/consul|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "adapters-memory",
      "^adapters/memory/",
      "^(core|adapters/memory|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "Systems do not know each other.",
    ),
    only(
      "workloads",
      "^workloads/",
      "^(core|checker|workloads|adapters/(client/|(?!registry)[^/]+\\.ts$))",
      "A workload speaks to the contract, never to one system.",
    ),
    only("checker", "^checker/", "^(core|checker)/", "Checkers read histories and nothing else."),
    only("reports", "^reports/", "^(core|checker|reports)/", "Reports read runs and verdicts."),
    only(
      "harness",
      "^harness/(?!cli|main\\.ts|assay\\.mjs)",
      "^(core|checker|workloads/workload\\.ts|adapters/(client/|(?!registry)[^/]+\\.ts$)|harness/(?!cli))",
      "Only the command line knows the registries and the reports.",
    ),
    {
      name: "pure-folders-use-no-node",
      comment: "These run in a browser, in a simulator and in a worker unchanged.",
      severity: "error",
      from: {
        path: "^(core|raft/core|raft/kv|checker|reports)/",
        pathNot: "\\.test\\.ts$|^core/real-clock\\.ts$|/node-[^/]+\\.(ts|mjs)$",
      },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: { path: "^(node_modules|results|dist|coverage)/" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".mjs", ".cjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
