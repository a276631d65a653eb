/** The buttons that copy an element's text. */
export function mountCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLElement>("button[data-copy]")) {
    const source = document.getElementById(button.dataset["copy"] ?? "");
    button.addEventListener("click", () => {
      void copy(source).then((copied) => {
        button.textContent = copied ? "Copied" : "Press Ctrl+C";
        setTimeout(() => (button.textContent = "Copy"), 2_000);
      });
    });
  }
}

/** Selects the text if the clipboard is not available, so that one key copies it. */
async function copy(source: HTMLElement | null): Promise<boolean> {
  if (source === null) return false;
  try {
    await navigator.clipboard.writeText(source.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}
