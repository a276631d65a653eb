/** Splits `text` into its non-blank lines. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

/** `1, 3 or 5` */
export const either = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;

/** `1 packet`, `2 packets`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
