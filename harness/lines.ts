/** The lines of `text` that are not blank. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
