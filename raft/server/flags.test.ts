import { describe, expect, it } from "vitest";
import { FlagsError, parseFlags } from "./flags.ts";

const minimal = ["--name", "n2", "--data-dir", "/d"];
const cluster = ["--initial-cluster", "n3=127.0.0.1:13,n1=127.0.0.1:11,n2=127.0.0.1:12"];
const parse = (...argv: string[]) => {
  const flags = parseFlags(argv);
  if (flags === "help") throw new Error("help");
  return flags;
};

describe("the server's flags", () => {
  it("number the members in the order of their names", () => {
    const flags = parse(...minimal, ...cluster);
    expect(flags.id).toBe(2);
    expect(flags.peers.map(({ id, name, port }) => [id, name, port])).toEqual([
      [1, "n1", 11],
      [3, "n3", 13],
    ]);
  });

  it("bind to loopback by default, and serve no gateway", () => {
    const flags = parse(...minimal, ...cluster);
    expect(flags.listenClient).toEqual({ host: "127.0.0.1", port: 2379 });
    expect(flags.listenPeer).toEqual({ host: "127.0.0.1", port: 2380 });
    expect(flags.listenGateway).toBeUndefined();
  });

  it("take IPv6 addresses in brackets", () => {
    expect(parse(...minimal, ...cluster, "--listen-client", "[::1]:5").listenClient).toEqual({
      host: "::1",
      port: 5,
    });
  });

  it("plant several mutants", () => {
    const flags = parse(...minimal, ...cluster, "--mutant", "forget-vote", "--mutant", "apply-twice");
    expect([...flags.mutants]).toEqual(["forget-vote", "apply-twice"]);
  });

  it("ask for help", () => {
    expect(parseFlags(["--help"])).toBe("help");
  });

  const refused: [string, string[], RegExp][] = [
    ["a missing name", ["--data-dir", "/d", ...cluster], /--name is missing/],
    ["a missing data directory", ["--name", "n1", ...cluster], /--data-dir is missing/],
    ["a missing cluster", minimal, /--initial-cluster is missing/],
    ["a name that is not in the cluster", ["--name", "n9", "--data-dir", "/d", ...cluster], /n1, n2, n3/],
    ["a member twice", [...minimal, "--initial-cluster", "n2=h:1,n2=h:2"], /n2 is listed twice/],
    ["a member without an address", [...minimal, "--initial-cluster", "n2"], /NAME=HOST:PORT/],
    ["an address without a port", [...minimal, ...cluster, "--listen-peer", "host"], /--listen-peer host/],
    ["a port that is none", [...minimal, ...cluster, "--listen-peer", "host:70000"], /HOST:PORT/],
    ["a number that is none", [...minimal, ...cluster, "--heartbeat-ms", "5s"], /--heartbeat-ms 5s/],
    [
      "a share that is none",
      [...minimal, ...cluster, "--slow-down-percent", "a"],
      /--slow-down-percent a: expected 0 or a whole number above 0/,
    ],
    ["an election sooner than a heartbeat", [...minimal, ...cluster, "--heartbeat-ms", "400"], /three times/],
    ["an unknown mutant", [...minimal, ...cluster, "--mutant", "lie"], /--mutant lie: not one of read-/],
    ["an unknown flag", [...minimal, ...cluster, "--colour", "red"], /--colour/],
    ["a stray word", [...minimal, ...cluster, "stray"], /stray/],
  ];
  for (const [what, argv, message] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => parseFlags(argv)).toThrow(FlagsError);
      expect(() => parseFlags(argv)).toThrow(message);
    });
  }
});
