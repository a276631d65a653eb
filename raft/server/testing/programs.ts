import { execFile, execFileSync } from "node:child_process";

const environment = { ...process.env, ETCDCTL_API: "3" };

/** Says how to install a missing `program` from that Debian package; undefined if it is installed. */
export function missingProgram(program: string, debianPackage: string): string | undefined {
  try {
    execFileSync(program, [program === "etcdctl" ? "version" : "--version"], {
      env: environment,
      stdio: "ignore",
    });
    return undefined;
  } catch {
    return `${program} is not installed (Debian: ${debianPackage})`;
  }
}

/**
 * Standard output of etcdctl, asked through the servers at these ports of loopback; rejects if it fails, with its
 * standard error in the message.
 */
export function runEtcdctl(ports: readonly number[], args: readonly string[], input = ""): Promise<string> {
  const endpoints = ports.map((port) => `127.0.0.1:${port}`).join(",");
  return new Promise((resolve, reject) => {
    const child = execFile(
      "etcdctl",
      [`--endpoints=${endpoints}`, ...args],
      { env: environment },
      (error, stdout) => (error === null ? resolve(stdout) : reject(error)),
    );
    child.stdin?.end(input);
  });
}
