import { faultWindows } from "../core/fault.ts";
import type { Anomaly } from "../core/verdict.ts";
import { allOf, count, listed } from "../core/wording.ts";
import type { Checker } from "./checker.ts";

/** Faults that a summary names. */
const mostNamed = 3;

/** Requires proof that each fault took effect. A fault without proof tested nothing, so the run is `unknown`. */
export function faultsTookEffect(): Checker {
  const checker = "faults-took-effect";
  return {
    name: checker,
    check(history) {
      const windows = faultWindows(history);
      const unproven = windows.filter(({ proof }) => proof === undefined);
      const anomalies = unproven.map(
        ({ summary }): Anomaly => ({
          kind: "fault-without-effect",
          summary: `the fault "${summary}" was injected, but nothing shows that it took effect`,
        }),
      );
      const [first, second] = anomalies;
      const named = unproven.slice(0, mostNamed).map(({ summary }) => `"${summary}"`);
      const many = `nothing shows that ${unproven.length} of ${windows.length} faults took effect: ${listed(
        unproven.length > mostNamed ? [...named, count(unproven.length - mostNamed, "other")] : named,
      )}`;
      return {
        checker,
        kind: first === undefined ? "valid" : "unknown",
        summary:
          first === undefined ? allTookEffect(windows.length) : second === undefined ? first.summary : many,
        anomalies,
        figures: { faults: windows.length, "took effect": windows.length - unproven.length },
      };
    },
  };
}

const allTookEffect = (faults: number): string =>
  faults === 0 ? "no faults were injected" : `${allOf(faults, "fault")} took effect`;
