/**
 * A span of time: a number of milliseconds, or a text of whole numbers with units, the largest unit first, such
 * as `'10m'`, `'3d'` or `'1h30m'`. The units are `w`, `d`, `h`, `m`, `s` and `ms`; a day has 24 hours.
 *
 * @publicApi
 */
export type Duration = number | string;

/** For messages: what a duration looks like. */
export const DURATION_FORM = "milliseconds, or a text such as '10m', '3d' or '1h30m'";

const UNITS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1];
const TEXT = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Reads a duration.
 *
 * @param given a {@link Duration}, or anything else
 * @returns whole milliseconds, 0 or more; `undefined` if it is no duration, or too long to be counted exactly
 * @internal
 */
export function toMilliseconds(given: unknown): number | undefined {
  const ms = typeof given === 'string' ? ofText(given) : given;
  if (typeof ms !== 'number' || ms < 0) return undefined;
  const whole = Math.round(ms);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

function ofText(text: string): number | undefined {
  const parts = text === '' ? null : TEXT.exec(text);
  if (parts === null) return undefined;
  return UNITS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}
