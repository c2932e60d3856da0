/**
 * What an attempt came to: `failed` (it threw, and is retried), `postponed` (`RetryLater`), `discarded` (it threw
 * the last time, or `Discard`), `released` (the application stopped), `lost` (its process died), or `completed`.
 *
 * @publicApi
 */
export type AttemptVerdict =
  'failed' | 'postponed' | 'discarded' | 'released' | 'lost' | 'completed';

/** An attempt as it is stored, in milliseconds since the epoch. */
export interface AttemptRow {
  readonly id: string;
  readonly jobId: string;
  readonly number: number;
  readonly process: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly verdict: AttemptVerdict;
  readonly error: string | null;
  readonly errorKey: string | null;
}
