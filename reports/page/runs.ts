/** The list of runs: its filter, what may be done with those that are ticked, and news. */
import { count } from "../../core/wording.ts";
import { addresses } from "../runs/addresses.ts";
import { liveEvents } from "../runs/live.ts";
import { goesOn, type RunState } from "../runs/row.ts";

export function mountRuns(): void {
  const form = document.querySelector<HTMLElement>("[data-run-list]");
  if (form === null) return;
  const update = () => {
    filter(form);
    offer(form);
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  // A browser that comes back to the page restores what was ticked and typed.
  addEventListener("pageshow", update);
  new EventSource(addresses.events).addEventListener(liveEvents.list, () => {
    void renew(form).then(update);
  });
  update();
}

const rowsOf = (form: HTMLElement) => [...form.querySelectorAll<HTMLElement>("tbody tr")];
const ticksOf = (form: HTMLElement) => [...form.querySelectorAll<HTMLInputElement>("input[name=run]")];

/** Shows the rows that hold all words of the filter. A hidden row is not ticked: nothing unseen is compared. */
function filter(form: HTMLElement): void {
  const field = form.querySelector<HTMLInputElement>("[data-run-filter]");
  const words = (field?.value ?? "").toLowerCase().split(/\s+/);
  for (const row of rowsOf(form)) {
    const text = `${row.textContent} ${row.querySelector("input")?.value}`.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    const tick = row.querySelector("input");
    if (row.hidden && tick !== null) tick.checked = false;
  }
}

/** Enables what can be done with the ticked runs, and says how many there are. */
function offer(form: HTMLElement): void {
  const ticked = ticksOf(form).filter(({ checked }) => checked);
  const going = ticked.filter(({ dataset }) => goesOn(dataset["state"] as RunState));
  const compare = form.querySelector<HTMLButtonElement>("[data-compare]");
  if (compare !== null) compare.disabled = ticked.length < 2 || going.length > 0;
  const follow = form.querySelector<HTMLButtonElement>("[data-follow]");
  if (follow !== null) follow.disabled = ticked.length === 0 || going.length < ticked.length;
  const place = form.querySelector("[data-run-count]");
  if (place === null) return;
  const rows = rowsOf(form);
  const seen = rows.filter(({ hidden }) => !hidden).length;
  const found = seen === rows.length ? count(seen, "run") : `${seen} of ${count(rows.length, "run")}`;
  place.textContent = `${found}, ${ticked.length} ticked`;
}

/** Takes over the list as it is now, with the same runs ticked. */
async function renew(form: HTMLElement): Promise<void> {
  const answer = await fetch(location.href).catch(() => undefined);
  if (answer?.ok !== true) return;
  const now = new DOMParser().parseFromString(await answer.text(), "text/html");
  const ticked = new Set(ticksOf(form).flatMap(({ checked, value }) => (checked ? [value] : [])));
  for (const part of document.querySelectorAll<HTMLElement>("[data-list-part]")) {
    const fresh = now.querySelector(`[data-list-part="${part.dataset["listPart"]}"]`);
    if (fresh !== null) part.replaceWith(fresh);
  }
  for (const tick of ticksOf(form)) tick.checked = ticked.has(tick.value);
}
