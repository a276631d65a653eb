/** The lines of `text` that hold anything. */
export const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
