/** Phrases for watches, their changes and what they received. */
import type { NoticeEvent } from "../../../core/history.ts";
import type { Revision } from "../../../core/op.ts";
import type { Nanos } from "../../../core/time.ts";
import { atTime, duration, showValue } from "../../../core/wording.ts";
import { type Change, kindOf } from "../truth/truth.ts";
import type { Version } from "../truth/versions.ts";
import type { Target, Watched } from "../watched.ts";

export const followed = (target: Target): string => ("key" in target ? target.key : `${target.prefix}*`);

export const place = (revision: Revision): string => revision.toLocaleString("en-US");

export const nameOf = ({ number }: Watched): string => `w${number}`;

/** `watch w3 of k* on n2, from revision 4,012,` */
export function watchWords(watch: Watched): string {
  const { node, target, from } = watch;
  const where = node === undefined ? "" : ` on ${node}`;
  const start = from === undefined ? "" : `, from revision ${place(from)},`;
  return `watch ${nameOf(watch)} of ${followed(target)}${where}${start}`;
}

/** `the delete of k7 at revision 4,012` */
export const changeWords = (change: Change): string =>
  `${changed(kindOf(change), change.key, change.value)} at revision ${place(change.revision)}`;

/** `(process 4, acknowledged at 12.480 s)` */
export function byWhom({ operation, known }: Change): string {
  if (operation === undefined) return `(first seen at ${atTime(known.time)})`;
  const how = known.index === operation.returnIndex ? "acknowledged" : "first seen";
  return `(process ${operation.process}, ${how} at ${atTime(known.time)})`;
}

/** `a put of 17 to k7 at revision 4,012`: what the watch received. */
export function noticeWords({ f, key = "", value, revision }: NoticeEvent): string {
  const at = revision === undefined ? "" : ` at revision ${place(revision)}`;
  switch (f) {
    case "create":
      return `the creation of ${key}${value === undefined ? "" : ` with ${showValue(value)}`}${at}`;
    case "put":
      return `a write of ${value === undefined ? "" : `${showValue(value)} to `}${key}${at}`;
    case "delete":
      return `a delete of ${key}${at}`;
    case "state":
      return `the state ${showValue(value)}${key === "" ? "" : ` of ${key}`}${at}`;
    default:
      return `${f}${at}`;
  }
}

function changed(kind: string, key: string, value: Change["value"]): string {
  return kind === "delete" ? `the delete of ${key}` : `the write of ${showValue(value)} to ${key}`;
}

/** `the write of 17 to k7 (acknowledged at 12.480 s)` */
export const versionWords = ({ key, value, knownTime }: Version): string =>
  `${changed(value === null ? "delete" : "put", key, value)}${Number.isFinite(knownTime) ? ` (known at ${atTime(knownTime)})` : ""}`;

/** `3 ms after`, `2 ms before` */
export const apart = (time: Nanos, reference: Nanos): string =>
  time >= reference ? `${duration(time - reference)} after` : `${duration(reference - time)} before`;
