import { mountChoice } from "./dom.ts";

/** A comparison has all its charts by both measures: the style shows those of the chosen one, and nothing needs repainting. */
export function mountComparison(): void {
  mountChoice("measure", (measure) => {
    document.documentElement.dataset["measure"] = measure === "service" ? "service" : "response";
  });
}
