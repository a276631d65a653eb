/** The studies of a comparison, each as a section: of all systems in one trial, or across trials. */
import { type Html, html } from "../html.ts";
import type { Section } from "../sections.ts";
import { studyNames } from "../studies/figures.ts";
import { drawStudy, type Subject, studyPanels } from "../studies/panels.ts";
import type { Candidate } from "./candidates.ts";
import { candidateName, caveats } from "./cells.ts";

type Part = (name: string, title: string, content: Html | undefined) => Section;

/** Those that are within one trial, or those whose runs are spread over several: their loads differ. */
export const studySections = (
  candidates: readonly Candidate[],
  within: "one trial" | "several trials",
  part: Part,
): Section[] =>
  studyNames
    .filter((name) => (studyPanels[name].spans === true) === (within === "several trials"))
    .map((name) => part(name, studyPanels[name].title, drawStudy(name, candidates.map(subject))));

/** Some loads overload on purpose; only the limits of the client spoil every study. */
const subject = (candidate: Candidate): Subject => ({
  name: candidate.name,
  title: candidateName(forgiven(candidate)),
  key: html`${candidate.name} <code>${candidate.readMode}</code>`,
  system: systemLink(candidate),
  limit: candidate.caveat?.kind === "client-limited" && caveats(candidate),
  style: candidate.style,
  runs: candidate.runs,
});

/** Without the mark of an overload. */
function forgiven(candidate: Candidate): Candidate {
  const { caveat, ...rest } = candidate;
  return caveat?.kind === "overloaded" ? rest : candidate;
}

const systemLink = ({ runs, readMode }: Candidate): Html => {
  const { name = "", version = "" } = runs[0]?.run.system ?? {};
  return html`<a href="${runs[0]?.href ?? ""}">${name} ${version}</a> <code>${readMode}</code>`;
};
