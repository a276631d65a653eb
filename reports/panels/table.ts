import { type Content, type Html, html } from "../html.ts";

export interface Heading {
  readonly name: string;
  /** Whether the column is right-aligned, so that digits line up. */
  readonly number?: boolean;
  /** Explains the column if its name is too short to. */
  readonly title?: string;
}

export interface Row {
  /** One for each column; the first names the row. */
  readonly cells: readonly Content[];
  readonly class?: string;
}

export const text = (name: string): Heading => ({ name });
export const number = (name: string, title?: string): Heading => ({
  name,
  number: true,
  ...(title !== undefined && { title }),
});

/** Table that scrolls sideways on narrow pages. `label` names it for screen readers. */
export function scrollingTable(label: string, columns: readonly Heading[], rows: readonly Row[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>${head(columns)}<tbody>${rows.map(
    (row) =>
      html`<tr${row.class !== undefined && html` class="${row.class}"`}>${row.cells.map((content, i) =>
        cell(columns[i], content, i === 0),
      )}</tr>`,
  )}</tbody></table></div>`;
}

/**
 * Table of few rows and much text: on a phone each row becomes a block of lines, named by the columns. Roles are explicit,
 * because that layout hides the table from screen readers.
 */
export function stackingTable(caption: Content, columns: readonly Heading[], rows: readonly Row[]): Html {
  return html`<table class="stacking" role="table">${caption !== undefined && html`<caption>${caption}</caption>`}${head(columns)}<tbody role="rowgroup">${rows.map(
    (row) =>
      html`<tr role="row"${row.class !== undefined && html` class="${row.class}"`}>${row.cells.map(
        (content, i) => stackingCell(columns[i], content, i === 0),
      )}</tr>`,
  )}</tbody></table>`;
}

/** Table of many rows as one block of aligned text, which costs the page two elements. */
export function plainTable(
  label: string,
  columns: readonly Heading[],
  rows: readonly (readonly string[])[],
): Html {
  const lines = [columns.map(({ name }) => name), ...rows];
  const widths = columns.map((_, i) => lines.reduce((most, line) => Math.max(most, line[i]?.length ?? 0), 0));
  const padded = lines.map((line) =>
    line
      .map((cell, i) =>
        columns[i]?.number === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return html`<pre class="plain-table" tabindex="0" role="region" aria-label="${label}">${padded.join("\n")}</pre>`;
}

const head = (columns: readonly Heading[]): Html =>
  html`<thead><tr>${columns.map(
    ({ name, number: figures, title }) =>
      html`<th scope="col"${figures && html` class="number"`}${title !== undefined && html` title="${title}"`}>${name}</th>`,
  )}</tr></thead>`;

function cell(column: Heading | undefined, content: Content, first: boolean): Html {
  const classes = column?.number === true && html` class="number"`;
  return first ? html`<th scope="row"${classes}>${content}</th>` : html`<td${classes}>${content}</td>`;
}

function stackingCell(column: Heading | undefined, content: Content, first: boolean): Html {
  if (first) return html`<th scope="row" role="rowheader">${content}</th>`;
  const classes = column?.number === true && html` class="number"`;
  return html`<td role="cell"${classes} data-label="${column?.name ?? ""}"><span>${content}</span></td>`;
}
