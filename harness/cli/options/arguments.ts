import { InvalidArgumentError } from "commander";
import { UsageError } from "../../../core/errors.ts";
import type { RatePart } from "../../../core/run.ts";
import { either } from "../../../core/wording.ts";

/** Splits `a,b,c` into its parts; rejects empty parts. */
function commaList(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.some((part) => part === ""))
    throw new InvalidArgumentError("expected names separated by commas.");
  return parts;
}

/** Parses a comma-separated option that may be repeated: the first value replaces `defaults`, later ones are added. */
export const commaLists =
  (defaults: readonly string[]) =>
  (text: string, before: readonly string[]): readonly string[] =>
    before === defaults ? commaList(text) : [...before, ...commaList(text)];

/** Parses a comma-separated option that may be repeated and takes known names only. */
export const knownNames =
  (known: readonly string[]) =>
  (text: string, before: readonly string[]): readonly string[] => {
    const names = commaList(text);
    if (names.some((name) => !known.includes(name)))
      throw new InvalidArgumentError(`expected ${either(known)}.`);
    return [...before, ...names];
  };

/** A number above zero; a fraction is allowed. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === "")
    throw new InvalidArgumentError("expected a number above 0.");
  return value;
}

/** A number from 0 on; a fraction is allowed. */
function notNegativeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === "")
    throw new InvalidArgumentError("expected 0 or a number above 0.");
  return value;
}

/** 1, 2, 3, … */
export function positiveInteger(text: string): number {
  const value = positiveNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("expected a whole number above 0.");
  return value;
}

/** A number above 0, or 0 itself if `from` is 0, up to `max`. */
export const numberUpTo =
  (max: number, from: "above 0" | "0" = "above 0") =>
  (text: string): number => {
    const value = from === "0" ? notNegativeNumber(text) : positiveNumber(text);
    if (value > max) throw new InvalidArgumentError(`expected at most ${max.toLocaleString("en")}.`);
    return value;
  };

/** 1, 2, 3, … up to `max`. */
export const integerUpTo =
  (max: number) =>
  (text: string): number => {
    const value = positiveInteger(text);
    if (value > max) throw new InvalidArgumentError(`expected at most ${max.toLocaleString("en")}.`);
    return value;
  };

/** 0, 1, 2, … up to `max`. */
export const countUpTo =
  (max: number) =>
  (text: string): number =>
    Number(text) === 0 && text.trim() !== "" ? 0 : integerUpTo(max)(text);

/** A rate per second, or the word `measured`. */
export const kneeUpTo =
  (max: number) =>
  (text: string): number | "measured" => {
    if (text === "measured") return text;
    if (!Number.isFinite(Number(text)))
      throw new InvalidArgumentError("expected operations per second, or measured.");
    return numberUpTo(max)(text);
  };

/** A cluster that got ten times what it can bear is none that anybody learns from. */
const mostPercent = 1000;

/** Parts of a rate as `--rate` takes it: `500`, `100..1000`, `100,200,400`, `100,100..400,400`; or `20%,50%`: see `isShare`. */
export const rateParts = (text: string): RatePart[] => {
  const unit = isShare(text) ? "%" : "";
  return text.split(",").map((part) => {
    const [from = "", to = from, ...more] = part.split("..");
    if (more.length > 0) throw new InvalidArgumentError("expected at most one .. in each part.");
    return { from: rateIn(from, unit), to: rateIn(to, unit) };
  });
};

/** Whether a rate is in percent of what the cluster reaches in the warm-up. */
export const isShare = (text: string): boolean => text.includes("%");

function rateIn(text: string, unit: "%" | ""): number {
  if (!text.trim().endsWith(unit)) throw new InvalidArgumentError("expected all rates in percent, or none.");
  return positiveNumber(unit === "" ? text : text.trim().slice(0, -1));
}

/** A rate, as it was given, of which no part is above `max`. */
export const rateUpTo =
  (max: number) =>
  (text: string): string => {
    const most = isShare(text) ? mostPercent : max;
    const highest = Math.max(...rateParts(text).flatMap(({ from, to }) => [from, to]));
    if (highest > most)
      throw new InvalidArgumentError(
        `expected at most ${most.toLocaleString("en")}${isShare(text) ? "%" : ""}.`,
      );
    return text;
  };

/** The path of a directory. */
export function directory(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("expected the path of a directory.");
  return text;
}

/** The path of a file. */
export function filePath(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("expected the path of a file.");
  return text;
}

export function seedNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "") {
    throw new InvalidArgumentError("expected a whole number, 0 or above.");
  }
  return value;
}

/** Collects the values of an option that may be repeated. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** Parses `name=value` pairs into a record. */
export function pairs(texts: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const split = text.indexOf("=");
      if (split < 1) throw new UsageError(`${option} ${text}: expected NAME=VALUE`);
      return [text.slice(0, split), text.slice(split + 1)];
    }),
  );
}

/**
 * Looks up an entry of a registry. An unknown name is a UsageError that lists the known ones; `owner` is the system that
 * the names belong to, for names that differ between systems.
 */
export function lookUp<T>(
  registry: Readonly<Record<string, T>>,
  name: string,
  what: string,
  owner?: string,
): T {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry !== undefined) return entry;
  const known = Object.keys(registry);
  const expected = known.length === 0 ? "there are none" : `expected ${either(known)}`;
  throw new UsageError(`unknown ${what} "${name}"${owner === undefined ? "" : ` for ${owner}`}: ${expected}`);
}
