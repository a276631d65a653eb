/** An event loop that was busy for more than this share of the load had no reserve. */
export const busyEventLoop = 0.85;

/** A p99 is the generator's if more than this share of it may be the generator's own lateness. */
export const lagShareOfP99 = 0.1;
