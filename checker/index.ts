export type { Checker, RunContext } from "./checker.ts";
export { illegal, type Model } from "./model.ts";
