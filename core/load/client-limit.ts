/** A p99 is the generator's if more than this share of it may be the generator's own lateness. */
export const lagShareOfP99 = 0.1;
