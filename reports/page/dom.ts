/** Small helpers for the page's elements. */

/** Calls `changed` with the element's inner width, now and whenever it changes. */
export function onResize(element: HTMLElement, changed: (width: number) => void): void {
  let known = 0;
  const measure = () => {
    const width = Math.floor(element.clientWidth);
    if (width === 0 || width === known) return;
    known = width;
    changed(width);
  };
  measure();
  new ResizeObserver(measure).observe(element);
}

/** Scrolls an element sideways, where it is too narrow for its content, so that `target` stands in its middle. */
export function scrollTo(element: HTMLElement, target: Element | null): void {
  if (target === null || element.scrollWidth <= element.clientWidth) return;
  const [outer, inner] = [element.getBoundingClientRect(), target.getBoundingClientRect()];
  element.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

/** A new element with a class, put at the end of `parent`. */
export function append<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  className: string,
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

/** The value of a colour of the style, as it is now. */
export const styleColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const choices = (attribute: string) => document.querySelectorAll<HTMLElement>(`button[data-${attribute}]`);

/** Passes on the value of a group's button that is pressed. */
export function mountChoice(attribute: string, chosen: (value: string) => void): void {
  for (const button of choices(attribute))
    button.addEventListener("click", () => chosen(button.dataset[attribute] ?? ""));
}

/** Shows which value of a group is chosen. */
export function showChoice(attribute: string, value: string): void {
  for (const button of choices(attribute))
    button.setAttribute("aria-pressed", String(button.dataset[attribute] === value));
}
