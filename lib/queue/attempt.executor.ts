import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import { backoffDelayMs } from '../retry/backoff.js';
import type { ResolvedBackoffOptions } from '../retry/backoff.options.js';
import type { AttemptOutcome, OpenOutcome } from './attempt-outcome.js';
import { Deadlines } from './deadlines.js';
import { Discard } from '../retry/discard.js';
import type { ExecutableJob } from './executable.job.js';
import { Held } from './held.js';
import type { LeasedJob } from './job.js';
import type { JobRunner } from './job-runner.js';
import type { JobRunnerRegistry } from './job-runner.registry.js';
import { NotRun } from './not-run.js';
import { RunningAttempt } from './running-attempt.js';
import { Unreadable } from './unreadable.js';

/** What an attempt needs of the engine that runs it. */
export interface AttemptHost<Job extends ExecutableJob> {
  readonly backoff: ResolvedBackoffOptions;
  /** Completes the job inside of the attempt's own transaction. */
  completeWithin(manager: EntityManager, job: LeasedJob): Promise<void>;
  /**
   * Reads the job's event or notification.
   *
   * @returns whether the job is still leased to this process
   * @throws the database's error
   */
  load(runner: JobRunner, job: Job): Promise<boolean>;
  /**
   * The pause that keeps the job from starting, such as `handler:Orders.paid`.
   *
   * @param payload `undefined` if it is not loaded
   */
  pausedBy(job: LeasedJob, payload: unknown): string | undefined;
  /** The outcome of an interrupted attempt. */
  interrupted(reason: Error): AttemptOutcome;
}

/**
 * Makes one attempt, for any engine: it ends when the runner ends, at its time-out, or when its lease is
 * lost.
 *
 * @internal
 */
export class AttemptExecutor<Job extends ExecutableJob> {
  private readonly deadlines: Deadlines;

  constructor(
    private readonly runners: JobRunnerRegistry,
    private readonly clock: Clock,
    private readonly host: AttemptHost<Job>,
  ) {
    this.deadlines = new Deadlines(clock);
  }

  /** Never rejects. */
  async execute(executable: Job): Promise<AttemptOutcome> {
    const outcome = await this.start(executable);
    this.deadlines.remove(executable);
    return outcome;
  }

  stop(): void {
    this.deadlines.stop();
  }

  private start(executable: Job): Promise<AttemptOutcome> {
    const { job } = executable;
    const startedAt = this.clock.now();
    executable.startedAt = startedAt;
    const runner = this.runners.find(job.kind);
    if (runner === undefined) return failed(`this process has no runner for '${job.kind}' jobs`);
    const pause = this.host.pausedBy(job, executable.payload);
    if (pause !== undefined) return Promise.resolve(heldBy(pause));
    if (job.attempt > job.maxAttempts) {
      return failed(`the process died during each of the ${job.maxAttempts} attempts`);
    }
    executable.deadline = startedAt + runner.timeoutMs(job.name);
    const attempt = new RunningAttempt(executable, (manager) =>
      this.host.completeWithin(manager, job),
    );
    return new Promise((resolve) => {
      executable.interrupt = (reason) => {
        attempt.abort(reason);
        resolve(this.host.interrupted(runner.interrupted?.(job, reason) ?? reason));
      };
      this.deadlines.add(executable);
      // Nearly all payloads are in memory: these need no promise.
      const running = executable.isLoaded
        ? outcomeOf(runner, attempt)
        : this.loadAndRun(runner, executable, attempt);
      void running.then(resolve);
    });
  }

  private async loadAndRun(
    runner: JobRunner,
    executable: Job,
    attempt: RunningAttempt,
  ): Promise<AttemptOutcome> {
    try {
      const isLeased = await this.host.load(runner, executable);
      // Only the payload tells the source.
      const pause = this.host.pausedBy(executable.job, executable.payload);
      if (pause !== undefined) return heldBy(pause);
      if (isLeased && !attempt.isOver) return await outcomeOf(runner, attempt);
      return this.notLoaded(executable.job, 'its lease ran out meanwhile');
    } catch (error) {
      return this.notLoaded(executable.job, error);
    }
  }

  /** A failure of the database does not count as an attempt. */
  notLoaded(job: LeasedJob, problem: unknown): OpenOutcome {
    const delayMs = backoffDelayMs(job.attempt, this.host.backoff, Math.random());
    const reason = `its event or notification could not be read: ${describeError(problem)}`;
    return { kind: 'returned', value: new NotRun(delayMs, reason) };
  }
}

async function outcomeOf(runner: JobRunner, attempt: RunningAttempt): Promise<AttemptOutcome> {
  const { payload } = attempt;
  if (payload === undefined) {
    return { kind: 'threw', error: new Discard('its event or notification no longer exists') };
  }
  if (payload instanceof Unreadable) {
    const problem = describeError(payload.problem);
    return { kind: 'threw', error: `the event or notification cannot be read: ${problem}` };
  }
  try {
    const value = await runner.run(attempt);
    return attempt.isRecorded ? { kind: 'recorded' } : { kind: 'returned', value };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

function heldBy(pause: string): AttemptOutcome {
  return { kind: 'returned', value: new Held(pause) };
}

function failed(reason: string): Promise<AttemptOutcome> {
  return Promise.resolve({ kind: 'threw', error: new Error(reason) });
}
