let claimed = false;

/**
 * Says that the caller handles SIGINT, SIGTERM and SIGHUP by ending runs in order. Listeners alone do not say so:
 * libraries have some that only look on.
 */
export function claimSignals(): void {
  claimed = true;
}

export const signalsAreClaimed = (): boolean => claimed;
