import type { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import type { SafeLogger } from '../logging/safe.logger.js';
import type { ExecutableJob } from './executable.job.js';
import type { JobTransition } from './job.js';
import type { JobRunnerRegistry } from './job-runner.registry.js';
import { Unreadable } from './unreadable.js';

/**
 * Tells the log what became of a job that did not simply complete.
 *
 * @internal
 */
export class JobReporter {
  constructor(
    private readonly logger: SafeLogger,
    private readonly runners: JobRunnerRegistry,
    private readonly clock: Clock,
  ) {}

  /** An attempt is over. */
  ended(executable: ExecutableJob, transition: JobTransition): void {
    const { job } = executable;
    switch (transition.state) {
      case 'retryable': {
        const inMs = (transition.dueAt ?? 0) - this.clock.now();
        const verb = transition.attempt < job.attempt ? 'is postponed' : 'failed';
        this.logger.warn(
          `${this.label(executable)} ${verb} in attempt ${job.attempt} of ${job.maxAttempts}, ` +
            `next in ${Math.ceil(inMs / 1000)} s: ${transition.error}`,
        );
        break;
      }
      case 'discarded':
        this.logger.error(
          `${this.label(executable)} is discarded after attempt ${transition.attempt} of ${job.maxAttempts}: ${transition.error}`,
        );
        break;
      default:
    }
  }

  /** The database could not read for these jobs of one kind: said once, however many they are. */
  postponed(jobs: readonly ExecutableJob[], problem: unknown): void {
    this.logger.warn(
      `${jobs.length} '${jobs[0]?.job.kind}' jobs are postponed, as their events or notifications could not be read: ` +
        describeError(problem),
    );
  }

  /** Jobs of a process that died, or was cut off, are run one by one from now on. */
  lost(count: number): void {
    this.logger.warn(
      `${count} jobs were leased to a process that died, or was cut off from the database: ` +
        'each is run by itself now, as one of them may be the reason.',
    );
  }

  leaseLost(executable: ExecutableJob): void {
    this.logger.warn(`${this.label(executable)}: the lease was lost; the outcome is not recorded.`);
  }

  notRecorded(executable: ExecutableJob, problem: unknown): void {
    this.logger.error(
      `${this.label(executable)}: recording the outcome failed: ${describeError(problem)}`,
    );
  }

  private label({ job, payload }: ExecutableJob): string {
    const runner = this.runners.find(job.kind);
    if (runner === undefined || payload === undefined || payload instanceof Unreadable)
      return `${job.kind} '${job.name}' (job ${job.id})`;
    return runner.label(job, payload);
  }
}
