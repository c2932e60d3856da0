import { number } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** With 12 attempts, the eleven delays add up to about three days. @internal */
export const BACKOFF_OPTIONS = optionGroup('queue.backoff', {
  /** Delay after the first failed attempt, in milliseconds. @default 20_000 */
  baseMs: number(20_000, { min: 0 }),
  /** By what each further delay grows. @default 2.7 */
  factor: number(2.7, { min: 1 }),
  /** Longest delay, in milliseconds. @default 86_400_000 (a day) */
  capMs: number(86_400_000, { min: 0 }),
  /** Part of a delay that is left to chance, 0 to 1, so that many failures do not come back as one wave. @default 0.2 */
  jitter: number(0.2, { min: 0, max: 1 }),
});

/**
 * How long to wait between the attempts at a job.
 *
 * @publicApi
 */
export interface BackoffOptions extends OptionsOf<typeof BACKOFF_OPTIONS> {}

/** @internal */
export type ResolvedBackoffOptions = ResolvedOf<typeof BACKOFF_OPTIONS>;
