import { setTimeout as sleep } from 'node:timers/promises';
import { errorsIn } from './errors-in.js';
import { StatementGate, type ErrorJudge } from './statement-gate.js';
import { unlessAborted } from './unless-aborted.js';

/** How often a transaction is tried that conflicts with others. */
export const MAX_TRIES = 5;

/** Longest wait before a transaction that conflicted is tried the second time; it doubles with each try. */
const FIRST_WAIT_MS = 10;

/**
 * Has work of any length tried again, in another transaction, when the database gave the one up in favour of
 * others.
 *
 * @param attempt runs the work in a transaction whose statements pass the gate
 * @param signal aborted when the work must be over: it is not waited for, and not tried again
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
