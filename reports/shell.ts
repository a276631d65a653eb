import { Html, html } from "./html.ts";
import { assayMark } from "./marks.ts";
import type { PageAssets } from "./node-page.ts";

/** Frame of a report or an index: head, top bar, footer. */
export interface Shell {
  readonly title: string;
  /** Links in the top bar: address and text. */
  readonly links: readonly (readonly [href: string, words: string])[];
  readonly content: Html;
  /** Data for the page's code; without it, the page only runs the theme switch. */
  readonly data?: Html;
  readonly foot: string;
  /** Whether `assay serve` renders it: its code may then ask the server, and its forms may be sent there. */
  readonly served?: boolean;
}

/**
 * The policy of a page: no request, and no script but its own two. A served page may ask the server that it came from, and
 * nobody else.
 */
export const policyOf = ({ early, main }: PageAssets, served = false): string =>
  [
    `default-src 'none'; script-src 'sha256-${early.hash}' 'sha256-${main.hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'`,
    served ? "connect-src 'self'; form-action 'self'" : "form-action 'none'",
  ].join("; ");

/**
 * Renders one self-contained file. Its policy forbids all requests and every script but its own two, so that a value that
 * slipped past the escaping would still do nothing.
 */
export function page(shell: Shell, assets: PageAssets): string {
  const { early, main, css } = assets;
  const policy = policyOf(assets, shell.served);
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${shell.title}</title>
<link rel="icon" href="data:,">
<style>${new Html(css)}</style>
<script>${new Html(early.code)}</script>
</head>
<body>
<header class="top-bar"><a class="skip" href="#main">Skip to the verdict</a><span class="product">${assayMark}<b>Assay</b></span>
<nav aria-label="Sections">${shell.links.map(([href, words]) => html`<a href="${href}">${words}</a>`)}</nav>
<button type="button" class="theme scripted" data-theme-switch aria-label="Dark theme" aria-pressed="false"><svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><circle cx="9" cy="9" r="7"/><path d="M9 2a7 7 0 0 1 0 14Z"/></svg></button>
</header>
<main id="main" tabindex="-1">
${shell.content}
</main>
<footer>${shell.foot}</footer>
${shell.data}
<script>${new Html(main.code)}</script>
</body>
</html>
`;
  return markup;
}
