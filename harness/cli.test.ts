import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "./cli.ts";

const command = fileURLToPath(new URL("./assay.mjs", import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What the command came to in this process, which has loaded it already: for all that is not about the process itself. */
async function assay(...args: readonly string[]): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  const before = endings.map((signal) => process.listeners(signal));
  try {
    return { status: await main([process.execPath, command, ...args]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    // A command listens for Ctrl-C until its process ends. This one goes on.
    endings.forEach((signal, i) => {
      for (const listener of process.listeners(signal))
        if (before[i]?.includes(listener) !== true) process.off(signal, listener);
    });
  }
}

/** What the command came to in a process of its own; `heard` gets all of stderr so far, whenever there is more. */
function inProcess(
  args: readonly string[],
  heard?: (stderr: string, child: ChildProcess) => void,
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: scratch,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

let scratch: string;
const file = (name: string, ...lines: readonly string[]): string => {
  const path = join(scratch, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
};

const legal = [
  "{:process 0, :type :invoke, :f :write, :value 1}",
  "{:process 0, :type :ok, :f :write, :value 1}",
  "{:process 1, :type :invoke, :f :read, :value nil}",
  "{:process 1, :type :ok, :f :read, :value 1}",
];
const stale = [
  ...legal,
  "{:process 0, :type :invoke, :f :write, :value 2}",
  "{:process 0, :type :ok, :f :write, :value 2}",
  "{:process 1, :type :invoke, :f :read, :value nil}",
  "{:process 1, :type :ok, :f :read, :value 1}",
];

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "assay-cli-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("assay check", () => {
  it("ends with 0 for a legal history, with 1 and the reason for another", async () => {
    const [good, bad] = [file("good.edn", ...legal), file("bad.edn", ...stale)];
    const valid = await inProcess(["check", good, "--initial", "0"]);
    expect(valid).toMatchObject({ status: 0 });
    expect(valid.stdout).toContain(`${good}: valid  2 operations`);
    const invalid = await inProcess(["check", good, bad, "--initial", "0"]);
    expect(invalid.status).toBe(1);
    expect(invalid.stdout).toContain(`${bad}: invalid  4 operations`);
    expect(invalid.stdout).toMatch(/process 1 read 1 .*wrote 2/);
  });

  it("ends with 2 where a limit keeps it from deciding", async () => {
    const writes = Array.from({ length: 20 }, (_, i) => ({ process: i, value: i % 4 }));
    const open = [
      ...writes.map(
        ({ process, value }) =>
          `{:process ${process}, :type :invoke, :f :cas, :value [${value} ${value + 1}]}`,
      ),
      ...writes.map(
        ({ process, value }) => `{:process ${process}, :type :ok, :f :cas, :value [${value} ${value + 1}]}`,
      ),
    ];
    const hard = file("hard.edn", ...open);
    const ended = await assay("check", hard, "--initial", "0", "--time-limit", "0.000001", "--json");
    expect(ended.status).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      verdict: "unknown",
      anomalies: [{ kind: "time-limit" }],
    });
  });

  it("refuses a history that needs more memory than is allowed, with a sentence", async () => {
    const events = Array.from({ length: 600_000 }, (_, i) => {
      const type = i % 2 === 0 ? "invoke" : "ok";
      return `{"index":${i},"time":${i},"type":"${type}","process":0,"f":"write","value":${i - (i % 2)}}`;
    });
    const ended = await inProcess(["check", file("large.jsonl", events.join("\n")), "--memory-limit", "1"]);
    expect(ended).toMatchObject({ status: 64, stdout: "" });
    expect(ended.stderr).toMatch(
      /^error: .*large\.jsonl: its first \d+ MiB take \d+ MiB of memory, and --memory-limit allows 1 MiB/,
    );
  });

  it("judges nothing where a file is malformed, and names the file, the line and what it expected", async () => {
    const good = file("good.edn", ...legal);
    const broken = file("broken.edn", ...legal, "{:process 0, :type :invoke, :f :write, :value");
    const ended = await assay("check", good, broken);
    expect(ended).toMatchObject({ status: 64, stdout: "" });
    expect(ended.stderr).toMatch(/broken\.edn:\d+: .*expected/);
  });

  it.each([
    ["an unknown model", ["--model", "regster"], /unknown model "regster": expected register/],
    ["an unknown format", ["--format", "xml"], /unknown format "xml": expected /],
    ["an initial value that is no JSON", ["--initial", "{x"], /--initial \{x: expected a JSON value/],
    ["a time limit of nothing", ["--time-limit", "0"], /expected a number above 0/],
  ])("refuses %s with 64", async (_, args, message) => {
    const ended = await assay("check", file("good.edn", ...legal), ...args);
    expect(ended).toMatchObject({ status: 64, stdout: "" });
    expect(ended.stderr).toMatch(message);
  });

  it("refuses a file that is not there with 64", async () => {
    const ended = await assay("check", join(scratch, "nowhere.edn"));
    expect(ended.status).toBe(64);
    expect(ended.stderr).toMatch(/cannot read .*nowhere\.edn/);
  });

  it("judges keys separately, or all together on request, with one verdict", async () => {
    const lines = [
      '{:process 0, :type :invoke, :f :write, :value ["x" 1]}',
      '{:process 0, :type :ok, :f :write, :value ["x" 1]}',
      '{:process 0, :type :invoke, :f :read, :value ["y" nil]}',
      '{:process 0, :type :ok, :f :read, :value ["y" 1]}',
    ];
    const history = file("keys.edn", ...lines);
    const apart = await assay("check", history, "--json");
    expect(apart.status).toBe(1);
    expect(JSON.parse(apart.stdout)).toMatchObject({ verdict: "invalid", operations: 2 });
    const together = await assay("check", history, "--json", "--whole");
    expect(together.status, together.stderr).toBe(1);
  });
});

describe("assay bench", () => {
  let ended: Ended;
  beforeAll(async () => {
    const short = ["--seconds", "5", "--nemesis", "none", "--rate", "100", "--seed", "7"];
    ended = await inProcess(["bench", "--json", "--results", join(scratch, "results"), ...short]);
  });
  const run = () => JSON.parse(ended.stdout).runs[0] as { dir: string; report: string };

  it("prints one JSON object, ends with the verdict's status, and leaves the run with its report", () => {
    expect(ended.status, ended.stderr + ended.stdout).toBe(0);
    const result = JSON.parse(ended.stdout);
    expect(result).toMatchObject({
      verdict: "valid",
      seconds: expect.any(Number),
      runs: [
        {
          system: "reference",
          version: expect.any(String),
          runtime: "loopback",
          workload: "register",
          readMode: "linearizable",
          seed: 7,
          verdict: "valid",
          operations: { ok: expect.any(Number), fail: expect.any(Number), info: expect.any(Number) },
          faults: [],
          anomalies: [],
        },
      ],
    });
    expect(ended.stderr).toContain("reference: plan: 5 s of load, no faults");
    const files = readdirSync(run().dir);
    for (const name of ["run.json", "history.jsonl", "latency.hlog", "usage.jsonl", "report.html", "logs"])
      expect(files).toContain(name);
  });

  it("leaves what check judges and report renders again", async () => {
    const { dir, report } = run();
    expect((await assay("check", dir)).status).toBe(0);
    const foreign = await assay("check", dir, "--model", "register");
    expect(foreign.status).toBe(64);
    expect(foreign.stderr).toMatch(/--model is for history files, but .* is a run directory/);
    rmSync(report);
    const rendered = await assay("report", dir, "--json");
    expect(rendered.status, rendered.stderr).toBe(0);
    expect(JSON.parse(rendered.stdout)).toBeDefined();
    expect(existsSync(report)).toBe(true);
  });

  it("leaves a history that export writes for Jepsen, and that check judges the same from there", async () => {
    const { dir } = run();
    const edn = join(dir, "history.edn");
    const exported = await assay("export", dir, "--out", edn, "--json");
    expect(exported.status).toBe(0);
    expect(JSON.parse(exported.stdout)).toMatchObject({ file: edn, format: "jepsen-edn" });
    const judged = await assay("check", edn, "--model", "register");
    expect(judged.status).toBe(0);
    const refused = await assay("export", dir, "--format", "edn");
    expect(refused.status).toBe(64);
    expect(refused.stderr).toContain('unknown format "edn": expected jepsen-edn');
  });

  it.each([
    ["in the run's own read mode", (mode?: string) => mode === undefined, " 1 from "],
    ["of a node at rest", (mode?: string) => mode !== undefined, " returned 1 for "],
  ])("leaves a history that check finds wrong once an answer %s was changed", async (_, isAsked, says) => {
    const { dir } = run();
    const lines = readFileSync(join(dir, "history.jsonl"), "utf8").trimEnd().split("\n");
    const reads = lines.flatMap((line, i) => {
      const { type, f, value, mode } = JSON.parse(line);
      return type === "ok" && f === "read" && value !== null && isAsked(mode) ? [i] : [];
    });
    const at = reads.at(-1) as number;
    lines[at] = JSON.stringify({ ...JSON.parse(lines[at] as string), value: 1 });
    const changed = await assay("check", file("changed.jsonl", ...lines), "--json");
    expect(changed.status, changed.stderr).toBe(1);
    expect(JSON.parse(changed.stdout).anomalies[0].summary).toContain(says);
  });

  it.each<[string, readonly string[] | (() => string[]), RegExp]>([
    ["an unknown system", ["--system", "etdc"], /"etdc".*reference, etcd, zookeeper or consul/],
    ["an unknown nemesis", ["--nemesis", "partitoin"], /"partitoin".*partition/],
    ["an unknown workload", ["--workload", "regiter"], /"regiter".*register/],
    ["an unknown runtime", ["--runtime", "cloud"], /"cloud".*loopback/],
    ["an unknown read mode", ["--read-mode", "dirty"], /dirty.*linearizable/],
    ["an unknown planted bug", ["--mutant", "slowness"], /slowness.*read-without-quorum/],
    ["a cluster of four", ["--nodes", "4"], /runs with 1, 3 or 5 nodes, not 4/],
    [
      "a fault on one's own cluster without the command for it",
      ["--endpoint", "n1=127.0.0.1:1,n2=127.0.0.1:2,n3=127.0.0.1:3", "--nemesis", "partition"],
      /--nemesis partition needs link-cut.* without --fault-command/,
    ],
    ["an ACL token for a system without", ["--token", "x"], /--token would have no effect: only consul has/],
    [
      "rates in percent of a warm-up that there is not",
      ["--rate", "10%,50%", "--warm-up-seconds", "0"],
      /--rate 10%,50% is in percent of what the warm-up reaches, and there is none/,
    ],
    ["a user of a system without", ["--user", "a:b"], /--user would have no effect: only etcd and zookeeper/],
    [
      "an image where there are no containers",
      ["--image", "etcd:v3"],
      /--image would have no effect: only --runtime testcontainers .* is loopback/,
    ],
    ["storage of containers where there are none", ["--storage", "tmpfs"], /--storage would have no effect/],
    [
      "lengths of faults without faults",
      ["--nemesis", "none", "--gap-seconds", "2"],
      /no faults are injected/,
    ],
    [
      "a version for one's own cluster",
      ["--endpoint", "n1=127.0.0.1:1", "--system-version", "3"],
      /--system-version would have no effect: the nodes of your own cluster/,
    ],
    [
      "an authority where no node speaks TLS",
      () => ["--ca", file("ca.pem", rootCertificates[0] as string)],
      /--ca would have no effect: nodes that assay starts do not speak TLS/,
    ],
    [
      "a client certificate where no node speaks TLS",
      () => {
        const pem = file("ca.pem", rootCertificates[0] as string);
        return ["--ca", pem, "--cert", pem, "--key", pem, "--system", "consul", "--runtime", "netns"];
      },
      /--ca would have no effect/,
    ],
    ["the former name of an option", ["--version", "3.4"], /--version of a system is now --system-version/],
    [
      "an open and a closed loop",
      ["--clients", "3", "--processes", "3"],
      /--processes limits .* open loop, and --clients .* closed/,
    ],
    ["results nowhere", ["--results", ""], /--results.*expected the path of a directory/],
    [
      "a nemesis together with itself",
      ["--nemesis", "partition+partition"],
      /partition cannot strike together/,
    ],
    [
      "a nemesis together with one that mends its links",
      ["--nemesis", "partition-leader+partition-intermittent"],
      /partition-intermittent would mend what partition-leader cuts or holds/,
    ],
    [
      "a fault that a single node cannot have",
      ["--nodes", "1", "--nemesis", "partition-leader"],
      /--nemesis partition-leader needs at least 2 nodes, and the cluster has 1/,
    ],
    [
      "a second system that cannot run, before the first is started",
      ["--system", "reference,etcdd"],
      /unknown system "etcdd"/,
    ],
    ["a rate below zero", ["--rate", "-5"], /expected a number above 0/],
    ["a rate in a closed loop", ["--rate", "5", "--clients", "2"], /cannot be used with/],
    ["a load too short for its faults", ["--seconds", "2"], /--seconds/],
    ["an unknown option of the workload", ["--workload-option", "colour=3"], /colour.*keys/],
    ["an unknown option", ["--sytem", "etcd"], /--sytem/],
  ])("refuses %s with 64 before anything is started", async (_, args, message) => {
    const results = join(scratch, "refused");
    const given = typeof args === "function" ? args() : args;
    const refused = await assay("bench", "--json", "--results", results, ...given);
    expect(refused.status).toBe(64);
    expect(refused.stderr).toMatch(message);
    expect(JSON.parse(refused.stdout)).toEqual({
      error: { kind: "usage", message: expect.stringMatching(message) },
      status: 64,
    });
    expect(existsSync(results)).toBe(false);
  });

  it.each([
    ["a file", () => file("results.json", "{}")],
    ["below a file", () => join(file("results.json", "{}"), "deep", "down")],
    ["where no directory can be made", () => "/proc/nope/deep"],
  ])("refuses results in %s with 64, and one line", async (_, place) => {
    const results = place();
    const refused = await assay("bench", "--results", results);
    expect(refused).toMatchObject({ status: 64, stdout: "" });
    expect(refused.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(refused.stderr).toContain(results);
    expect(refused.stderr).toContain("--results DIR");
  });
});

describe("assay bench of one's own cluster", () => {
  it("says why an endpoint cannot be reached, and ends with 70", async () => {
    const results = join(scratch, "unreached");
    const ended = await assay("bench", "--endpoint", "n1=127.0.0.1:1", "--results", results);
    expect(ended.status).toBe(70);
    expect(ended.stderr).toContain(
      "cannot reach n1 (127.0.0.1:1): connection refused: nothing listens there",
    );
    expect(existsSync(results)).toBe(false);
  });
});

describe("assay bench that is stopped before its first run", () => {
  it("says so, leaves nothing, and ends with 130", async () => {
    const results = join(scratch, "stopped");
    const stop = (event: string | symbol): void => {
      if (event !== "SIGINT") return;
      process.off("newListener", stop);
      // The listener is there once the one who adds it goes on.
      queueMicrotask(() => process.emit("SIGINT"));
    };
    process.on("newListener", stop);
    try {
      const ended = await assay("bench", "--json", "--results", results);
      expect(ended.status).toBe(130);
      expect(ended.stderr).toMatch(/^stopped before the first run began$/m);
      const message = "stopped before the first run began";
      expect(JSON.parse(ended.stdout)).toEqual({ error: { kind: "stopped", message }, status: 130 });
      expect(existsSync(results)).toBe(false);
    } finally {
      process.off("newListener", stop);
    }
  });
});

describe("assay bench whose reader goes away", () => {
  it("runs to its end and leaves its report", async () => {
    const results = join(scratch, "unread");
    const args = "bench --seconds 3 --quiet-seconds 0 --nemesis none --rate 50 --results".split(" ");
    const child = spawn(process.execPath, [command, ...args, results], {
      cwd: scratch,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // As head does after its first lines.
    child.stderr.once("data", () => child.stderr.destroy());
    child.stdout.destroy();
    expect(await ended).toBe(0);
    const [run = ""] = readdirSync(results);
    expect(existsSync(join(results, run, "report.html"))).toBe(true);
  });
});

describe("assay cluster up", () => {
  it("refuses a second system", async () => {
    const refused = await assay("cluster", "up", "--system", "reference,etcd");
    expect(refused).toMatchObject({ status: 64, stdout: "" });
    expect(refused.stderr).toContain("a cluster is of one system, and --system names reference, etcd");
  });

  it("prints that it starts, and ends quietly with 130 where Ctrl-C comes before it is up", async () => {
    // Nodes that listen elsewhere than where they are asked never become ready.
    const elsewhere = "--node-arg=--listen-client=127.0.0.1:0";
    let isReported = false;
    const { status, stdout, stderr } = await inProcess(["cluster", "up", elsewhere], (said, child) => {
      if (isReported || !said.includes("starting 3 reference nodes")) return;
      isReported = true;
      child.kill("SIGINT");
    });
    expect({ status, stdout }, stderr).toEqual({ status: 130, stdout: "" });
    expect(stderr).toContain("stopping the cluster");
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe("assay", () => {
  it.each([
    ["--version", ["--version"], 50_000],
    ["check", ["check", "legal.edn", "--model", "register"], 1_000_000],
  ])("loads compiled code only, and little of it, for %s", async (_, args, mostBytes) => {
    file("legal.edn", ...legal);
    await inProcess(args);
    const coverage = mkdtempSync(join(scratch, "loaded-"));
    expect(await inProcess(args, undefined, { NODE_V8_COVERAGE: coverage })).toMatchObject({ status: 0 });
    const loaded = readdirSync(coverage).flatMap((name) =>
      (JSON.parse(readFileSync(join(coverage, name), "utf8")).result as { url: string }[])
        .map(({ url }) => url)
        .filter((url) => url.startsWith("file:")),
    );
    expect(loaded.filter((url) => /\.ts$|\/(tsx|esbuild|typescript)\//.test(url))).toEqual([]);
    expect(loaded.length).toBeGreaterThan(3);
    const bytes = loaded.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
    expect(bytes).toBeLessThan(mostBytes);
  });

  it.each([["list"], ["doctor"], ["clean"]])("%s prints one JSON object on request", async (name) => {
    const ended = await assay(name, "--json");
    expect(ended.status, ended.stderr).toBe(0);
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(typeof JSON.parse(ended.stdout)).toBe("object");
  });

  it.each([
    [[]],
    [["bench"]],
    [["check"]],
    [["report"]],
    [["cluster", "up"]],
    [["doctor"]],
    [["list"]],
    [["clean"]],
  ])("%j --help prints its usage, with status 0", async (names) => {
    const ended = await assay(...names, "--help");
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toContain(`Usage: assay${names.map((name) => ` ${name}`).join("")}`);
  });

  it("groups the options of bench, and names units of defaults", async () => {
    const { stdout } = await assay("bench", "--help");
    const groups = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, title]) => title);
    expect(groups).toEqual(["System", "Your own cluster", "Load", "Faults", "Judging", "Output"]);
    expect(stdout).toContain("(default: 1,000 ms)");
    expect(stdout).not.toMatch(/--version/);
  });

  it("refuses an unknown command with 64", async () => {
    const ended = await inProcess(["destroy"]);
    expect(ended.status).toBe(64);
    expect(ended.stderr).toContain("destroy");
  });

  it.each([
    [["bench", "--sytem", "etcd"], "(run assay bench --help for the options)"],
    [["cluster", "up", "--rate", "-5"], "(run assay cluster up --help for the options)"],
    [["cluster", "up", "--seconds", "5"], "(run assay cluster up --help for the options)"],
    [["destroy"], "(run assay --help for the options)"],
  ])("%j is refused with the name of its own help, as JSON on request", async (args, help) => {
    const ended = await assay(...args, "--json");
    expect(ended.status).toBe(64);
    expect(ended.stderr).toContain(help);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { kind: "usage" }, status: 64 });
    expect((await assay(...args)).stdout).toBe("");
  });

  it("writes into the files for CI why nothing was run", async () => {
    const junit = join(scratch, "refused.xml");
    const args = ["--workload", "mixed", "--workload-option", "insert-percent=60", "--junit", junit];
    const ended = await inProcess(["bench", "--system", "reference", "--results", scratch, ...args]);
    expect(ended.status).toBe(64);
    expect(ended.stderr).toContain("read-percent=50, insert-percent=60");
    expect(readFileSync(junit, "utf8")).toMatch(/<error message="[^"]*insert-percent=60/);
  });

  it("prints as JSON on request what could not be read", async () => {
    const ended = await inProcess(["report", join(scratch, "nowhere"), "--json"]);
    expect(ended.status).toBe(64);
    expect(JSON.parse(ended.stdout)).toEqual({
      error: {
        kind: "usage",
        message: expect.stringContaining("nowhere is not there: expected a run directory"),
      },
      status: 64,
    });
  });
});
