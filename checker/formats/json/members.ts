import type { Json } from "../../../core/op.ts";
import { eventTypes, isTime } from "../foreign-event.ts";
import { malformed } from "../malformed.ts";
import type { JsonObject } from "./reading.ts";

/** Reads the members of a parsed object one by one, by our names; throws a UsageError where one is not as expected. */
export class JsonMembers {
  readonly object: JsonObject;
  readonly line: number;
  readonly #file: string;

  constructor(object: JsonObject, line: number, file: string) {
    this.object = object;
    this.line = line;
    this.#file = file;
  }

  /** Throws a UsageError for a member of an unknown name, which could change the verdict. */
  only(known: ReadonlySet<string>): void {
    for (const name in this.object) {
      if (!known.has(name))
        this.fail(`no members but ${[...known].join(", ")}`, `${JSON.stringify(name)}${hint(name, known)}`);
    }
  }

  has(name: string): boolean {
    return this.object[name] !== undefined;
  }

  any(name: string): Json {
    return this.object[name] ?? null;
  }

  /** A string that is not empty. */
  word(name: string): string {
    const value = this.any(name);
    if (typeof value === "string" && value !== "") return value;
    return this.#wrong(name, "a string");
  }

  optionalWord(name: string): string | undefined {
    const value = this.any(name);
    if (value === null || typeof value === "string") return value ?? undefined;
    return this.#wrong(name, "a string");
  }

  /** A client's number or name, under one of its names; undefined where there is none. */
  process(): number | string | undefined {
    const name = this.has("process") ? "process" : "client";
    const value = this.any(name);
    if (value === null) return undefined;
    if ((typeof value === "number" && Number.isInteger(value)) || (typeof value === "string" && value !== ""))
      return value;
    return this.#wrong(name, "a whole number or a name");
  }

  key(): Json | undefined {
    const value = this.any("key");
    if (typeof value === "object" && value !== null) return this.#wrong("key", "a string or a number");
    return value ?? undefined;
  }

  type(types: readonly string[] = eventTypes): "invoke" | "ok" | "fail" | "info" {
    const value = this.any("type");
    const type = eventTypes.find((known) => known === value && types.includes(known));
    return type ?? this.#wrong("type", `one of ${types.join(", ")}`);
  }

  time(name: string): number | string {
    const value = this.any(name);
    return isTime(value) ? value : this.#wrong(name, "a number");
  }

  optionalTime(name: string): number | string | undefined {
    return this.any(name) === null ? undefined : this.time(name);
  }

  /** A revision; undefined where there is none. */
  place(name: string): number | undefined {
    const value = this.any(name);
    if (value === null) return undefined;
    if (typeof value === "number") return value;
    return this.#wrong(name, "a number below 2^53");
  }

  fail(expected: string, got: string): never {
    throw malformed(this.#file, this.line, expected, got);
  }

  #wrong(name: string, expected: string): never {
    const got = this.has(name) ? JSON.stringify(this.object[name]) : "nothing";
    return this.fail(`${JSON.stringify(name)} to be ${expected}`, got);
  }
}

function hint(name: string, known: ReadonlySet<string>): string {
  const answer = known.has("result") ? "result" : "value";
  return /^(output|result|response|returned|ret)$/i.test(name) ? ` (the result goes under "${answer}")` : "";
}
