/** A page that says why there is nothing else to see. */
import { asSentence } from "../../core/wording.ts";
import { html } from "../html.ts";
import { pageAssets } from "../node-page.ts";
import { page } from "../shell.ts";
import { addresses } from "./addresses.ts";

export interface Message {
  readonly title: string;
  /** What was met, what was expected, what to do. */
  readonly text: string;
  readonly version: string;
}

export const renderMessage = ({ title, text, version }: Message): string =>
  page(
    {
      title: `${title} · Assay`,
      links: [[addresses.list, "All runs"]],
      served: true,
      content: html`<section class="hero" aria-labelledby="message"><h1 id="message">${title}</h1><p class="lead">${asSentence(text)}</p></section>`,
      foot: `Assay ${version}`,
    },
    pageAssets(),
  );
