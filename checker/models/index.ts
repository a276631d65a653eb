import { register } from "./register.ts";

/** The sequential specifications by name; each is a function of its options. */
export const models = { register };
