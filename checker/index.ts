export { checkOperations, type Judgement } from "./check-operations.ts";
export type { Checker, RunContext } from "./checker.ts";
export { type LinearizableOptions, linearizable } from "./linearizable.ts";
export { illegal, type Model } from "./model.ts";
export { models } from "./models/index.ts";
export { type RegisterCheckersOptions, registerCheckers } from "./register-promise.ts";
export { guarded, runCheckers } from "./run-checkers.ts";
export { faultsProven, vacuity } from "./vacuity.ts";
export { verifyOrder } from "./verify-order.ts";
