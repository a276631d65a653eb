import { InvalidArgumentError } from "commander";
import { UsageError } from "../../core/errors.ts";

/** `a,b,c` -> its parts; empty parts are refused. */
function commaList(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.some((part) => part === ""))
    throw new InvalidArgumentError("expected names separated by commas.");
  return parts;
}

/** The same for an option that may be repeated: what was given replaces `defaults`, and adds to what was given before. */
export const commaLists =
  (defaults: readonly string[]) =>
  (text: string, before: readonly string[]): readonly string[] =>
    before === defaults ? commaList(text) : [...before, ...commaList(text)];

/** A number above zero; a fraction is allowed. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0 || text.trim() === "")
    throw new InvalidArgumentError("expected a number above 0.");
  return value;
}

/** 1, 2, 3, … */
export function positiveInteger(text: string): number {
  const value = positiveNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("expected a whole number above 0.");
  return value;
}

export function seedNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === "") {
    throw new InvalidArgumentError("expected a whole number from 0.");
  }
  return value;
}

/** For an option that may be repeated: gathers what was given. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** `name=value` pairs, as a record. */
export function pairs(texts: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const split = text.indexOf("=");
      if (split < 1) throw new UsageError(`${option} ${text}: expected NAME=VALUE`);
      return [text.slice(0, split), text.slice(split + 1)];
    }),
  );
}

/** The entry of a registry; an unknown name is a UsageError that lists the known ones. */
export function lookUp<T>(registry: Readonly<Record<string, T>>, name: string, what: string): T {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry === undefined) {
    throw new UsageError(
      `no ${what} is called "${name}"; there are: ${Object.keys(registry).join(", ") || "none"}`,
    );
  }
  return entry;
}
