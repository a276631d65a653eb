/** The lines of `text` that hold anything. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");

/** `1 packet`, `2 packets`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
