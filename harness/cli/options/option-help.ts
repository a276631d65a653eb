import type { Option } from "commander";

/** Describes an option in the help: a list's default is shown as it would be typed, a flag's or an empty list's not at all. */
export function describeOption({ description, argChoices, defaultValue, flags }: Option): string {
  const plain = Array.isArray(defaultValue) ? defaultValue.join(",") : defaultValue;
  const unit = Object.entries(units).find(([name]) => flags.endsWith(`<${name}>`))?.[1];
  const value =
    typeof plain === "number" && unit !== undefined ? `${plain.toLocaleString("en")} ${unit}` : plain;
  const notes = [
    ...(argChoices === undefined ? [] : [`one of: ${argChoices.join(", ")}`]),
    ...(value === undefined || value === false || value === "" ? [] : [`default: ${value}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

const units = { ms: "ms", seconds: "s", MiB: "MiB" };
