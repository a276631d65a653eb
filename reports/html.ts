/**
 * Markup by tagged templates: every value is escaped unless it is markup itself. Keys, values, node names and messages come
 * from the system under test; this is the only place that turns data into markup.
 */
import { printable } from "../core/printable.ts";

/** Markup that is safe to put into a page, as text or in a double-quoted attribute. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

/** Values that a template accepts: undefined and false render nothing, lists render each item. */
export type Content = Html | string | number | undefined | false | readonly Content[];

export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(
    strings.reduce((page, text, i) => page + text + (i < values.length ? markupOf(values[i]) : ""), ""),
  );
}

/** Embeds JSON for the page's code. Nothing in it can end the script element or open a comment. */
export function embeddedJson(id: string, json: string): Html {
  return html`<script type="application/json" id="${id}">${new Html(json.replaceAll("<", "\\u003c"))}</script>`;
}

/** Escapes text as markup; invisible control characters are shown as escapes. */
export function escapeHtml(text: string): string {
  return printable(text, "\n\t").replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function markupOf(value: Content): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.markup;
  if (Array.isArray(value)) return value.map(markupOf).join("");
  return escapeHtml(String(value));
}
