/** Operations in the words of their model, or in words that fit any operation. */
import type { Call, Json, Outcome } from "../../../core/op.ts";
import { cutMiddle, showValue } from "../../../core/wording.ts";
import { same } from "../../canonical.ts";
import type { CallWords } from "../../model.ts";

/** What an operation did, in the past tense: `read 41 from k3`. */
export const describeCall = (words: CallWords, call: Call, outcome: Outcome): string =>
  words.describeCall?.(call, outcome) ?? plainCall(call, outcome);

/** An operation as short as possible: `w 41`. */
export const labelCall = (words: CallWords, call: Call, outcome: Outcome): string =>
  words.labelCall?.(call, outcome) ?? plainLabel(call, outcome);

/** `did swap 3 of k3 and got 2` */
export function plainCall(call: Call, outcome: Outcome): string {
  const did = outcome.type === "info" ? "tried" : "did";
  const argument = call.value === undefined ? "" : ` ${showValue(call.value)}`;
  const answer = furtherAnswer(call, outcome);
  const ending =
    outcome.type === "fail"
      ? " and was refused"
      : answer === undefined
        ? ""
        : ` and got ${showValue(answer)}`;
  return `${did} ${cutMiddle(call.f)}${argument}${placed(call, "of")}${ending}`;
}

/** `swap 3 → 2` */
function plainLabel(call: Call, outcome: Outcome): string {
  const answer = furtherAnswer(call, outcome);
  const parts = [
    call.f,
    ...(call.value === undefined ? [] : [labelValue(call.value)]),
    ...(answer === undefined || call.value === undefined ? [] : ["→"]),
    ...(answer === undefined ? [] : [labelValue(answer)]),
  ];
  return parts.join(" ");
}

/** The answer where it says more than the call: an acknowledgement may repeat the argument. */
function furtherAnswer(call: Call, outcome: Outcome): Json | undefined {
  const answer = outcome.type === "ok" ? outcome.output.value : undefined;
  return answer !== undefined && call.value !== undefined && same(answer, call.value) ? undefined : answer;
}

/** A value as a bar shows it: text without quotes. */
export const labelValue = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** ` from k3`, or ` k3` without a preposition; nothing where the call has no key. */
export const placed = ({ key }: Call, preposition?: string): string =>
  key === undefined || key === ""
    ? ""
    : `${preposition === undefined ? "" : ` ${preposition}`} ${cutMiddle(key)}`;
