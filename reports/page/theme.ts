/** Light or dark: as the reader's system has it, until the reader chooses. */

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
  const tell = () => {
    button?.setAttribute("aria-pressed", String(isDark()));
    changed();
  };
  button?.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    root.dataset["theme"] = chosen;
    store(chosen);
    tell();
  });
  system.addEventListener("change", tell);
  tell();
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
    // Not kept, and nothing is lost by it.
  }
}
