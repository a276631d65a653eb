/**
 * For tests that need a part of the real world (a binary, Docker, namespaces): true if they must be skipped because
 * it is missing, with a line that says what and how to get it. In CI, where everything is installed, a missing part is
 * a failure: `describe.skipIf(requireOrSkip(await missing()))`.
 */
export function requireOrSkip(missing: string | undefined): boolean {
  if (missing === undefined) return false;
  if (process.env["CI"] === "true") throw new Error(`CI must not skip these tests: ${missing}`);
  console.warn(`skipped: ${missing}`);
  return true;
}
