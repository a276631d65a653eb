/** Light or dark theme: the system's setting, until the reader chooses. */

const storageKey = "assay-theme";
const root = document.documentElement;

export function restoreTheme(): void {
  root.classList.add("scripts");
  const chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset["theme"] = chosen;
}

/** Wires the switch; `changed` is called after every change, by the reader or by the system. */
export function mountTheme(changed: () => void): void {
  const button = document.querySelector<HTMLElement>("[data-theme-switch]");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset["theme"] ?? (system.matches ? "dark" : "light")) === "dark";
  const update = () => {
    button?.setAttribute("aria-pressed", String(isDark()));
    changed();
  };
  button?.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    root.dataset["theme"] = chosen;
    store(chosen);
    update();
  });
  system.addEventListener("change", update);
  update();
}

/** Storage may be forbidden (a file opened from disk, a private window): then the choice lasts as long as the page. */
function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function store(theme: string): void {
  try {
    localStorage.setItem(storageKey, theme);
  } catch {
    // The choice is not kept, which does no harm.
  }
}
