/** Turns schema errors into sentences: where, what was expected, what was found. */
import type * as z from "zod";

/** Describes the first problem of `input`. */
export function sentenceOf(error: z.ZodError, input: unknown): string {
  const issue = deepest(error.issues[0]);
  if (issue === undefined) return "not what was expected";
  const what = issue.path.length === 0 ? "" : `${pathOf(issue.path)} to be `;
  return `expected ${what}${expectedOf(issue)}, got ${excerpt(at(input, issue.path))}`;
}

type Issue = z.core.$ZodIssue;

/** Picks the alternative that matched furthest: it describes the problem best. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const [best] = issue.errors
    .flatMap(([first]) => deepest(first) ?? [])
    .toSorted((a, b) => b.path.length - a.path.length);
  return best === undefined ? issue : { ...best, path: [...issue.path, ...best.path] };
}

/** `verdicts[2].kind` */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("");

function expectedOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return types[issue.expected] ?? issue.expected;
    case "invalid_value":
      return listed(issue.values.map((value) => JSON.stringify(value)));
    case "too_small":
      return `at least ${issue.minimum}`;
    case "too_big":
      return `at most ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "datetime" ? 'a time such as "2026-01-31T12:00:00Z"' : `a ${issue.format}`;
    default:
      return "something else";
  }
}

const types: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "an array",
  tuple: "an array",
};

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "nothing";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    input,
  );
}

function excerpt(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
