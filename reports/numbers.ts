/** Numbers as people read them. A narrow no-break space stands between a number and its unit. */

const space = "\u202f";

/** `14,982` */
export const formatCount = (count: number): string => Math.round(count).toLocaleString("en-US");

/** `812 µs`, `1.24 ms`, `318 ms`, `1.32 s`: three figures that count. */
export function formatMicros(micros: number): string {
  if (!Number.isFinite(micros)) return "–";
  if (micros < 0) return `−${formatMicros(-micros)}`;
  if (micros < 999.5) return `${Math.round(micros)}${space}µs`;
  if (micros < 999_500) return `${threeFigures(micros / 1e3)}${space}ms`;
  return `${threeFigures(micros / 1e6)}${space}s`;
}

/** The same for an axis, whose values are round: `10 ms`, `1 s`. */
export const formatTickMicros = (micros: number): string =>
  micros < 1e3
    ? `${Number(micros.toPrecision(3))}${space}µs`
    : micros < 1e6
      ? `${Number((micros / 1e3).toPrecision(3))}${space}ms`
      : `${Number((micros / 1e6).toPrecision(3))}${space}s`;

/** A moment of the run: `12.481 s`. */
export const formatTime = (seconds: number): string => `${seconds.toFixed(3)}${space}s`;

/** A length of time given in seconds: `340 ms`, `4.2 s`, `1 min 12 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `−${formatDuration(-seconds)}`;
  if (seconds === 0) return `0${space}s`;
  if (seconds < 0.9995) return formatMicros(seconds * 1e6);
  if (seconds < 59.95) return `${Number(seconds.toFixed(1))}${space}s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return `${formatCount(Math.floor(whole / 60))}${space}min${rest > 0 ? ` ${rest}${space}s` : ""}`;
}

/** A length of time to 10 ms, in seconds: `410 ms`, `1.23 s`, `<10 ms`; a dash if it is not known. */
export function formatSpan(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds <= 0) return `0${space}ms`;
  if (seconds < 0.01) return `<10${space}ms`;
  if (seconds < 0.995) return `${Math.round(seconds * 100) * 10}${space}ms`;
  if (seconds < 59.995) return `${seconds.toFixed(2)}${space}s`;
  return formatDuration(seconds);
}

/** A rate per second: `12.5`, `498`; a dash if it is not known. */
export const formatRate = (perSecond: number): string =>
  Number.isFinite(perSecond) ? formatFigure(Math.round(perSecond * 10) / 10) : "–";

/** `512 MiB` */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? Math.round(amount) : threeFigures(amount)}${space}${units[power]}`;
}

/** The same where it may be negative: `−1.50 KiB`. */
export const signedBytes = (bytes: number): string =>
  bytes < 0 ? `−${formatBytes(-bytes)}` : formatBytes(bytes);

/** The same for an axis: `50 MiB`, `1.5 MiB`. */
export const formatTickBytes = (bytes: number): string =>
  formatBytes(bytes).replace(/\.0+(?=\D)|(\.\d*[1-9])0+(?=\D)/, "$1");

/** `99.2%` of a share between 0 and 1; never 100% for what is not all, nor 0% for what is some. */
export function formatShare(share: number): string {
  if (share <= 0) return "0%";
  if (share >= 1) return "100%";
  const percent = share * 100;
  if (percent < 0.1) return "<0.1%";
  if (percent > 99.9) return ">99.9%";
  return `${percent < 10 || percent > 90 ? percent.toFixed(1) : Math.round(percent)}%`;
}

/** A multiple: `1.3×` */
export const formatTimes = (times: number): string =>
  Number.isFinite(times)
    ? `${times < 9.95 ? times.toFixed(times < 0.095 ? 2 : 1) : formatCount(times)}×`
    : "–";

/** A figure of unknown kind: whole numbers with separators, others with three figures that count. */
export const formatFigure = (value: number): string =>
  Number.isInteger(value) ? formatCount(value) : threeFigures(value);

function threeFigures(value: number): string {
  if (Math.abs(value) >= 99.95) return formatCount(value);
  return value.toFixed(Math.abs(value) >= 9.995 ? 1 : 2);
}
