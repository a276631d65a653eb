import { multiRegister } from "./multi-register.ts";
import { register } from "./register.ts";
import { versionedRegister } from "./versioned-register.ts";

/** The sequential specifications by name; each is a function of its options, `initial` among them. */
export const models = {
  register,
  "cas-register": register,
  "versioned-register": versionedRegister,
  "multi-register": multiRegister,
};
