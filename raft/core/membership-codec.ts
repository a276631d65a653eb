import { assert, unreachable } from "../../core/assert.ts";
import { type MembershipChange, memberId } from "./types.ts";

/** The data of a `membership` entry: one byte for the kind of change, then the member as a float64, big-endian. */
const BYTES = 9;

export function encodeMembershipChange(change: MembershipChange): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, codeOf(change.type));
  view.setFloat64(1, change.member);
  return bytes;
}

/** Throws an AssertionError on anything that `encodeMembershipChange` did not make. */
export function decodeMembershipChange(bytes: Uint8Array): MembershipChange {
  assert(bytes.byteLength === BYTES, `a membership change has ${BYTES} bytes, not ${bytes.byteLength}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { type: typeOf(view.getUint8(0)), member: memberId(view.getFloat64(1)) };
}

function codeOf(type: MembershipChange["type"]): number {
  switch (type) {
    case "add-learner":
      return 1;
    case "promote":
      return 2;
    case "remove":
      return 3;
    default:
      return unreachable(type);
  }
}

function typeOf(code: number): MembershipChange["type"] {
  assert(code >= 1 && code <= 3, `unknown membership change ${code}`);
  return code === 1 ? "add-learner" : code === 2 ? "promote" : "remove";
}
