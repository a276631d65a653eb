// Turns the JSON of `assay bench --json` into a Markdown table for a job summary.
import { readFileSync } from "node:fs";

let bench;
try {
  bench = JSON.parse(readFileSync(process.argv[2], "utf8"));
} catch {
  console.log("The trial could not run: see the log.");
  process.exit();
}
const { runs } = bench;
console.log(
  "| system | version | runtime | workload | read mode | verdict | ok | fail | unknown | faults | seed |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|---|");
for (const run of runs) {
  const { ok, fail, info } = run.operations;
  const faults = run.faults.map(({ name, windows, proven }) => `${name} ${proven}/${windows}`).join(", ");
  const cells = [
    run.system,
    run.version,
    run.runtime,
    run.workload,
    run.readMode,
    `**${run.verdict}**`,
    ok,
    fail,
    info,
    faults,
    run.seed,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
for (const { anomalies } of runs) {
  for (const { kind, summary } of anomalies.slice(0, 5)) console.log(`\n- ${kind}: ${summary}`);
}
