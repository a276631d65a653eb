/** What is drawn of each study, in a report of one system and in a comparison of several. */
import type { Html } from "../html.ts";
import { agingPanel } from "./aging-panel.ts";
import { checkPerfPanel } from "./check-perf-panel.ts";
import { dbtesterPanel } from "./dbtester-panel.ts";
import type { Studies, StudyFigures, StudyName } from "./figures.ts";
import { recoveryPanel } from "./recovery-panel.ts";
import type { Named, Shown } from "./study.ts";
import { sweepPanel } from "./sweep-panel.ts";

interface StudyPanel<F> {
  readonly title: string;
  readonly draw: (shown: readonly Shown<F>[]) => Html;
  /** Whether its runs are of several workloads and loads, so that it stands above those. */
  readonly spans?: true;
}

export const studyPanels: { readonly [Name in StudyName]: StudyPanel<StudyFigures[Name]> } = {
  "check-perf": { title: "Check perf", draw: checkPerfPanel },
  dbtester: { title: "Capacity and latency", draw: dbtesterPanel, spans: true },
  sweep: { title: "Throughput and latency", draw: sweepPanel },
  aging: { title: "Aging", draw: agingPanel },
  recovery: { title: "Recovery under load", draw: recoveryPanel },
};

/** A system with the studies of its runs. */
export interface Subject extends Named {
  readonly runs: readonly { readonly studies: Studies }[];
}

/** The panel of a study of all systems that have one; undefined if none has. */
export function drawStudy<Name extends StudyName>(
  name: Name,
  subjects: readonly Subject[],
): Html | undefined {
  const shown = subjects.flatMap(({ runs, ...named }): Shown<StudyFigures[Name]>[] => {
    const [first, ...others] = runs.flatMap(({ studies }): StudyFigures[Name][] => {
      const figures: Studies[Name] = studies[name];
      return figures === undefined ? [] : [figures];
    });
    return first === undefined ? [] : [{ ...named, figures: [first, ...others] }];
  });
  return shown.length === 0 ? undefined : studyPanels[name].draw(shown);
}
