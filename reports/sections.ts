import type { Html } from "./html.ts";

/** A part of a page, with what the bar on top calls it; without markup it is left out. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Html | undefined;
}

/** The parts that there are, and the links to them. */
export function sections(parts: readonly Section[]) {
  const present = parts.filter(({ markup }) => markup !== undefined);
  return {
    links: present.map(({ id, title }) => [`#${id}`, title] as const),
    markup: present.map(({ markup }) => markup),
  };
}
