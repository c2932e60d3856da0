import { setTimeout as sleep } from 'node:timers/promises';
import { errorsIn } from './errors-in.js';
import { StatementGate, type ErrorJudge } from './statement-gate.js';
import { unlessAborted } from './unless-aborted.js';

/** How many times a transaction that conflicts with others is tried. */
export const MAX_TRIES = 5;

/** Longest wait before the second try, in milliseconds; it doubles with each try. */
const FIRST_WAIT_MS = 10;

/**
 * Runs work of any length, and runs it again in another transaction when the database rolled it back because
 * of a conflict.
 *
 * @param attempt runs the work in a transaction whose statements pass the gate
 * @param signal aborted when the time of the work is over: it is neither awaited nor tried again
 * @internal
 */
export async function retryConflicts<Result>(
  attempt: (gate: StatementGate) => Promise<Result>,
  judge: ErrorJudge,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    const gate = new StatementGate(judge);
    try {
      return await unlessAborted(attempt(gate), signal);
    } catch (error) {
      const isConflict = gate.hadConflict || errorsIn(error).some((one) => judge.isConflict(one));
      if (tries === MAX_TRIES || !isConflict) throw error;
    }
    const waitMs = Math.random() * FIRST_WAIT_MS * 2 ** (tries - 1);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
