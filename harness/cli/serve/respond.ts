/** Answers with the headers that keep a page to itself. */
import type { ServerResponse } from "node:http";
import { pageAssets } from "../../../reports/node-page.ts";
import { policyOf } from "../../../reports/shell.ts";

/**
 * Policy of a stored report. It may come from anybody, so it gets an origin of its own, from which it can ask this server for
 * nothing. The report's own policy allows no scripts but those that Assay wrote into it.
 */
export const storedPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; sandbox allow-scripts allow-top-navigation-by-user-activation";

/** Policy of pages that this server renders. */
export const ownPolicy = (): string => policyOf(pageAssets(), true);

/** Policy of reports and comparisons that this server renders: they need nothing from it. */
export const renderedPolicy = (): string => policyOf(pageAssets());

/** Headers of every answer: nothing is kept, framed, guessed, or shared with another site. */
export function headersOf(type: string, policy: string): Record<string, string> {
  return {
    "Content-Type": type,
    "Content-Security-Policy": `${policy}; frame-ancestors 'none'`,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
  };
}

export const pageType = "text/html; charset=utf-8";

/** Sends a whole page. */
export function sendPage(
  response: ServerResponse,
  page: string,
  { status = 200, policy = ownPolicy() }: { readonly status?: number; readonly policy?: string } = {},
): void {
  const body = Buffer.from(page);
  response.writeHead(status, { ...headersOf(pageType, policy), "Content-Length": body.length });
  response.end(body);
}

/** Sends the reader to another address of this server. */
export function redirect(response: ServerResponse, address: string): void {
  response.writeHead(303, { ...headersOf("text/plain; charset=utf-8", ownPolicy()), Location: address });
  response.end();
}
