// Prints what failed and why, how long each runner's slowest files took, and last `N passed, N failed, N skipped`, all
// from the runners' reports; fails where one is missing, empty or has failures.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

const slowestMax = 8;
const failureLinesMax = 12;
const totals = { passed: 0, failed: 0, skipped: 0 };
const failedFiles = [];
for (const path of process.argv.slice(2)) {
  const report = JSON.parse(readFileSync(path, "utf8"));
  if (!(report.numPassedTests > 0)) throw new Error(`${path}: no test passed`);
  totals.passed += report.numPassedTests;
  totals.failed +=
    report.numFailedTests + (report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0);
  totals.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const files = report.testResults ?? [];
  printSlowest(files);
  failedFiles.push(...files.filter(({ status }) => status === "failed"));
}
failedFiles.forEach(printFailures);
process.exitCode = totals.failed > 0 ? 1 : 0;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);

function printSlowest(files) {
  const slowest = files
    .map(({ name, startTime, endTime }) => ({ name, seconds: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, slowestMax);
  for (const { name, seconds } of slowest)
    console.log(`${seconds.toFixed(0).padStart(4)} s  ${relative(".", name)}`);
}

/** A file that could not be loaded fails without a test of its own. */
function printFailures({ name, message, assertionResults }) {
  const failed = assertionResults.filter((result) => result.status === "failed");
  for (const { fullName, failureMessages } of failed)
    console.log(`FAIL ${relative(".", name)}: ${fullName}\n${indented(failureMessages.join("\n"))}`);
  if (failed.length === 0) console.log(`FAIL ${relative(".", name)}\n${indented(message ?? "")}`);
}

function indented(text) {
  return text
    .split("\n")
    .slice(0, failureLinesMax)
    .map((line) => `     ${line}`)
    .join("\n");
}
