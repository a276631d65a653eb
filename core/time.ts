import type { Brand } from "./brand.ts";

/** Nanoseconds. In a history: since the run began. A double holds 104 days of them exactly. */
export type Nanos = Brand<number, "Nanos">;

export const nanos = (count: number): Nanos => count as Nanos;
export const millis = (count: number): Nanos => (count * 1e6) as Nanos;
export const seconds = (count: number): Nanos => (count * 1e9) as Nanos;
export const toMillis = (time: Nanos): number => time / 1e6;
export const toSeconds = (time: Nanos): number => time / 1e9;
