import { restoreTheme } from "./theme.ts";

// Before the first paint, so that a chosen theme does not flash up in the other one.
restoreTheme();
