import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Installed } from "../deployment.ts";
import { newestFirst, sideBySide } from "../installed.ts";

/** A server's jar says its version in its name; other jars of ZooKeeper have a word there. */
const serverJar = /^zookeeper-(\d+\.\d+\.\d+)\.jar$/;

/** Every version whose server's jar is on the machine, newest first; none without Java. `command` is the jar's path. */
export async function installedJars(): Promise<readonly Installed[]> {
  if (!(await javaIsThere())) return [];
  const unpacked = await sideBySide("zookeeper");
  const directories = [
    "/usr/share/java",
    "/usr/share/zookeeper/lib",
    ...unpacked.flatMap((directory) => [join(directory, "usr/share/java"), join(directory, "lib")]),
  ];
  const found = await Promise.all(directories.map(jarsIn));
  return newestFirst(found.flat());
}

async function jarsIn(directory: string): Promise<readonly Installed[]> {
  const names = await readdir(directory).catch(() => []);
  return names.flatMap((name) => {
    const version = serverJar.exec(name)?.[1];
    return version === undefined ? [] : [{ version, command: join(directory, name) }];
  });
}

async function javaIsThere(): Promise<boolean> {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, "java"));
  const found = await Promise.all(
    places.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
