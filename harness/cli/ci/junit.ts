/** A bench as JUnit XML, as CI systems read it: a test case for each run, and for each threshold of each run. */
import type { BenchResult, RunResult, ThresholdResult } from "../results/json-result.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly problem?: { readonly kind: "failure" | "error"; readonly message: string; readonly text: string };
}

/**
 * Renders the XML; a run that is invalid is a failure, one that decided nothing or could not run is an error. `ended`: why the
 * command ended early, which is an error of its own.
 */
export function junitOf({ runs, thresholds, seconds }: BenchResult, ended?: string): string {
  const cases = [
    ...(ended === undefined ? [] : [endedCase(ended)]),
    ...runs.map(runCase),
    ...thresholds.map(thresholdCase),
  ];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => ({
    suite,
    own: cases.filter((one) => one.suite === suite),
  }));
  const lines = suites.flatMap(({ suite, own }) => [
    `  <testsuite name="${escaped(suite)}" ${counts(own)} time="${sum(own).toFixed(3)}">`,
    ...own.map((one) => caseXml(one)),
    "  </testsuite>",
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="assay" ${counts(cases)} time="${seconds.toFixed(3)}">
${lines.join("\n")}
</testsuites>
`;
}

const endedCase = (message: string): Case => ({
  suite: "assay bench",
  name: "carries out all runs",
  seconds: 0,
  problem: { kind: "error", message, text: message },
});

const trialOf = ({ system, version, runtime, workload, readMode }: RunResult | ThresholdResult): string =>
  `${system} ${version} ${runtime} ${workload} ${readMode}`;

function runCase(run: RunResult): Case {
  const { verdict, error, anomalies, dir, seconds } = run;
  const counted = anomalies.filter(({ known }) => known !== true);
  const text = [...counted.map(({ kind, summary }) => `${kind}: ${summary}`), `records: ${dir}`].join("\n");
  const named = { suite: trialOf(run), name: `seed ${run.seed} keeps its promises`, seconds };
  if (error !== undefined)
    return { ...named, problem: { kind: "error", message: `could not run: ${error}`, text } };
  if (verdict === "valid") return named;
  const message = counted[0]?.summary ?? `the verdict is ${verdict}`;
  return { ...named, problem: { kind: verdict === "invalid" ? "failure" : "error", message, text } };
}

function thresholdCase(threshold: ThresholdResult): Case {
  const { text, state, sentence, seed, dir } = threshold;
  const named = { suite: trialOf(threshold), name: `seed ${seed} does not meet ${text}`, seconds: 0 };
  if (state === "passed") return named;
  return {
    ...named,
    problem: { kind: state === "failed" ? "failure" : "error", message: sentence, text: `records: ${dir}` },
  };
}

function caseXml({ suite, name, seconds, problem }: Case): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
  if (problem === undefined) return `${open}/>`;
  const { kind, message, text } = problem;
  return `${open}>
      <${kind} message="${escaped(message)}">${escaped(text)}</${kind}>
    </testcase>`;
}

function counts(cases: readonly Case[]): string {
  const of = (kind: string) => cases.filter(({ problem }) => problem?.kind === kind).length;
  return `tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="0"`;
}

const sum = (cases: readonly Case[]): number => cases.reduce((total, { seconds }) => total + seconds, 0);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** Characters that XML 1.0 does not allow, not even escaped, are shown as U+XXXX. */
const escaped = (text: string): string =>
  Array.from(
    text,
    (character) => entities[character] ?? (isAllowed(character) ? character : codeOf(character)),
  ).join("");

function isAllowed(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  );
}

const codeOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
