/** Addresses of `assay serve`, which its pages link to and its server answers. */
export const addresses = {
  list: "/",
  compare: "/compare",
  live: "/live",
  /** Server-sent events: of the runs that are named, or of the list. */
  events: "/events",
} as const;

/** Address of a run's report. */
export const reportAddress = (id: string): string => `/runs/${encodeURIComponent(id)}/report.html`;

/** `?run=A&run=B` */
export const queryOf = (ids: readonly string[]): string =>
  `?${ids.map((id) => `run=${encodeURIComponent(id)}`).join("&")}`;

export const liveAddress = (ids: readonly string[]): string => addresses.live + queryOf(ids);
