import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installedPrograms, newestFirst } from "./installed.ts";
import { installedJars } from "./zookeeper/installed.ts";

describe("what is installed", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "assay-systems-"));
    vi.stubEnv("ASSAY_SYSTEMS_DIR", join(directory, "systems"));
    vi.stubEnv("PATH", join(directory, "path"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  const file = (path: string, content = "", mode = 0o755): string => {
    const full = join(directory, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode });
    return full;
  };
  const program = (path: string, says: string): string => file(path, `#!/bin/sh\necho "${says}"\n`);

  it("is found on the PATH and side by side, as a package and as an archive, newest first", async () => {
    const onPath = program("path/etcd", "etcd Version: 3.4.23");
    const packaged = program("systems/etcd-3.5.16/usr/bin/etcd", "etcd Version: 3.5.16");
    const archived = program("systems/etcd-v3.10.1-linux-amd64/etcd", "etcd Version: 3.10.1");
    program("systems/consul-1.8.7/usr/bin/consul", "Consul v1.8.7");
    expect(await installedPrograms("etcd", "--version")).toEqual([
      { version: "3.10.1", command: archived },
      { version: "3.5.16", command: packaged },
      { version: "3.4.23", command: onPath },
    ]);
  });

  it("is listed once for each version, the one on the PATH first", async () => {
    const onPath = program("path/etcd", "etcd Version: 3.5.16");
    program("systems/etcd-3.5.16/usr/bin/etcd", "etcd Version: 3.5.16");
    expect(await installedPrograms("etcd", "--version")).toEqual([{ version: "3.5.16", command: onPath }]);
  });

  it("is nothing where nothing is there, or where it does not run", async () => {
    expect(await installedPrograms("etcd", "--version")).toEqual([]);
    file("path/etcd", "#!/bin/sh\nexit 1\n");
    file("systems/etcd-9/usr/bin/etcd", "not executable", 0o644);
    program("systems/etcd-8/usr/bin/etcd", "no number");
    expect(await installedPrograms("etcd", "--version")).toEqual([]);
  });

  it("counts ZooKeeper's servers by their jars, and none without Java", async () => {
    const packaged = file("systems/zookeeper-3.9.3/usr/share/java/zookeeper-3.9.3.jar");
    file("systems/zookeeper-3.9.3/usr/share/java/zookeeper-jute-3.9.3.jar");
    const archived = file("systems/zookeeper-3.6.4/lib/zookeeper-3.6.4.jar");
    expect(await installedJars()).toEqual([]);
    program("path/java", "openjdk 17");
    expect(await installedJars()).toEqual(
      expect.arrayContaining([
        { version: "3.9.3", command: packaged },
        { version: "3.6.4", command: archived },
      ]),
    );
  });

  it("orders versions by number, not by letter", () => {
    const versions = ["3.9.0", "3.10.0", "3.9.12"].map((version) => ({ version, command: version }));
    expect(newestFirst(versions).map(({ version }) => version)).toEqual(["3.10.0", "3.9.12", "3.9.0"]);
  });
});
