/**
 * How long to wait between the attempts at a job.
 *
 * @publicApi
 */
export interface BackoffOptions {
  /** Delay after the first failed attempt, in milliseconds. @default 20_000 */
  readonly baseMs?: number;
  /** By what each further delay grows. @default 2.7 */
  readonly factor?: number;
  /** Longest delay, in milliseconds. @default 86_400_000 (a day) */
  readonly capMs?: number;
  /** Part of a delay that is left to chance, 0 to 1, so that many failures do not come back as one wave. @default 0.2 */
  readonly jitter?: number;
}

/** @internal */
export type ResolvedBackoffOptions = Required<BackoffOptions>;

/** With 12 attempts, the eleven delays add up to about three days. */
export const DEFAULT_BACKOFF: ResolvedBackoffOptions = {
  baseMs: 20_000,
  factor: 2.7,
  capMs: 86_400_000,
  jitter: 0.2,
};

/**
 * The delay after a failed attempt: exponential, capped, and spread evenly around its value.
 *
 * @param attempt the attempt that failed, counted from 1
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 * @returns milliseconds, never more than the cap
 * @internal
 */
export function backoffDelayMs(
  attempt: number,
  { baseMs, factor, capMs, jitter }: ResolvedBackoffOptions,
  random: number,
): number {
  // A job that is postponed often has many attempts: the power becomes Infinity, and 0 times that no number.
  const delay = baseMs === 0 ? 0 : Math.min(capMs, baseMs * factor ** (attempt - 1));
  return Math.round(Math.min(capMs, delay * (1 + jitter * (2 * random - 1))));
}
