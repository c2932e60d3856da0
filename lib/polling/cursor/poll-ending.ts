import type { PollPast } from './poll-lease.answer.js';

/** How a run ended. */
export type PollEnding =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly error: string }
  /** The API asked for a pause until then. */
  | { readonly kind: 'postponed'; readonly error: string; readonly until: number }
  /** It was interrupted, which says nothing about the poller. */
  | { readonly kind: 'stopped' };

/**
 * What the end of a run changes in the row of its poller.
 *
 * @param past how the runs before went
 * @internal
 */
export function changesOf(
  ending: PollEnding,
  { failures, postponements }: PollPast,
  now: number,
): Readonly<Record<string, unknown>> {
  switch (ending.kind) {
    case 'succeeded':
      return {
        last_error: null,
        failures: 0,
        postponements: 0,
        not_before: null,
        last_success_at: now,
      };
    case 'failed':
      return { last_error: ending.error, failures: failures + 1 };
    case 'postponed':
      return {
        last_error: ending.error,
        postponements: postponements + 1,
        not_before: ending.until,
      };
    case 'stopped':
      return {};
  }
}
