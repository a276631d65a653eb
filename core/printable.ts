/**
 * Characters that do something to a terminal or to a line of text in place of being shown: controls (an escape sequence
 * begins with one), and those that turn the direction of text or break a line.
 */
const acting = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Text from elsewhere (keys, values, names, messages) as one line that is safe to show: characters that would act are
 * written as their escapes, `\n` or `\u001b`. Those in `kept` stay.
 */
export const printable = (text: string, kept = ""): string =>
  text.replace(acting, (character) => (kept.includes(character) ? character : escapeOf(character)));

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escapeOf = (character: string): string =>
  short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
