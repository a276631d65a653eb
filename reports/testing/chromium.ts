/** The browser that looks at pages: Debian's Chromium. */
export const executablePath = "/usr/bin/chromium";

/** Nothing that a browser does on its own account. */
export const args: string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
