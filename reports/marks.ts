import type { VerdictKind } from "../core/verdict.ts";
import { type Html, html } from "./html.ts";

/**
 * Hallmarks of the report, like the punches of an assay office: each verdict has a shape of its own, so that it can be
 * recognized without colour.
 */
const shapes: Readonly<Record<VerdictKind, { readonly frame: string; readonly sign: string }>> = {
  // An octagon with a tick.
  valid: {
    frame: "M9.4 1.5h13.2l7.9 7.9v13.2l-7.9 7.9H9.4l-7.9-7.9V9.4Z",
    sign: "M9.5 16.5l4.6 4.7 8.6-10",
  },
  // A lozenge with a question mark.
  unknown: {
    frame: "M16 1.2L30.8 16 16 30.8 1.2 16Z",
    sign: "M12.6 13.1c0-4.6 7-4.5 7-.4 0 2.9-3.5 2.8-3.5 5.7M16.1 22.1v.6",
  },
  // A shield with a cross.
  invalid: {
    frame: "M2 2.2h28v14.6c0 7-6.4 11.6-14 14-7.6-2.4-14-7-14-14Z",
    sign: "M10.8 10.2l10.4 10.4M21.2 10.2L10.8 20.6",
  },
};

export const verdictWords: Readonly<Record<VerdictKind, string>> = {
  valid: "Valid",
  unknown: "Unknown",
  invalid: "Invalid",
};

/** Draws the mark of a verdict: decorative next to the word, or labelled for screen readers on its own. */
export function verdictMark(kind: VerdictKind, size: number, decorative = true): Html {
  const { frame, sign } = shapes[kind];
  const words = decorative ? html`aria-hidden="true"` : html`role="img" aria-label="${verdictWords[kind]}"`;
  return html`<svg class="mark ${kind}" width="${size}" height="${size}" viewBox="0 0 32 32" ${words}><path class="frame" d="${frame}"/><path class="sign" d="${sign}"/></svg>`;
}

/** Logo of Assay: a balance in a cut-cornered punch. */
export const assayMark: Html = html`<svg class="brand" width="26" height="26" viewBox="0 0 32 32" aria-hidden="true"><path class="frame" d="M7.5 1.5h17l6 6v17l-6 6h-17l-6-6v-17Z"/><path class="sign" d="M16 7v17M10.5 24.5h11M7.5 11h17M7.5 11l-3 7h6ZM24.5 11l-3 7h6Z"/></svg>`;
