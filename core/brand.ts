declare const brand: unique symbol;

/** A `T` that cannot be mixed up with another `T`: `Brand<string, "NodeId">` is a string, but no string is a NodeId. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
