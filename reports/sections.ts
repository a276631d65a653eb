import type { Html } from "./html.ts";

/** Part of a page, with its title in the top bar; left out if it has no markup. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly markup: Html | undefined;
}

/** Markup of all parts that are present, and the links to them. */
export function sections(parts: readonly Section[]) {
  const present = parts.filter(({ markup }) => markup !== undefined);
  return {
    links: present.map(({ id, title }) => [`#${id}`, title] as const),
    markup: present.map(({ markup }) => markup),
  };
}
