import { type Content, type Html, html } from "../html.ts";

/** Small table of names and values. */
export function facts(title: string, entries: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<table class="facts"><caption>${title}</caption><tbody>${entries.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>`;
}

/** Command with a button that copies it. */
export const commandBox = (command: string, label: string): Html =>
  html`<div class="command"><pre tabindex="0" aria-label="${label}"><code id="command">${command}</code></pre><button type="button" class="scripted" data-copy="command">Copy</button></div>`;
