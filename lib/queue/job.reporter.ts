import type { Clock } from '../clock/clock.js';
import { describeError } from '../errors/describe-error.js';
import type { SafeLogger } from '../logging/safe.logger.js';
import type { HeldJob } from './held-job.js';
import type { JobTransition, LeasedJob } from './job.js';
import type { JobRunnerRegistry } from './job-runner.registry.js';

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
  ended(held: HeldJob, transition: JobTransition): void {
    const { job } = held;
    switch (transition.state) {
      case 'retryable': {
        const inMs = (transition.dueAt ?? 0) - this.clock.now();
        const verb = transition.maxAttempts > job.maxAttempts ? 'is put off' : 'failed';
        this.logger.warn(
          `${this.label(held)} ${verb} in attempt ${job.attempt} of ${job.maxAttempts}, ` +
            `next in ${Math.ceil(inMs / 1000)} s: ${transition.error}`,
        );
        break;
      }
      case 'discarded':
        this.logger.error(
          `${this.label(held)} is discarded after attempt ${job.attempt} of ${job.maxAttempts}: ${transition.error}`,
        );
        break;
      default:
    }
  }

  /** What these jobs of one kind are about could not be read: said once, however many they are. */
  putOff(jobs: readonly LeasedJob[], problem: unknown): void {
    this.logger.warn(
      `${jobs.length} '${jobs[0]?.kind}' jobs are put off, as what they are about could not be read: ` +
        describeError(problem),
    );
  }

  leaseLost(held: HeldJob): void {
    this.logger.warn(`${this.label(held)}: the lease was lost; the outcome is not recorded.`);
  }

  notRecorded(held: HeldJob, problem: unknown): void {
    this.logger.error(
      `${this.label(held)}: recording the outcome failed: ${describeError(problem)}`,
    );
  }

  private label({ job, payload }: HeldJob): string {
    const runner = this.runners.find(job.kind);
    if (runner === undefined || payload === undefined)
      return `${job.kind} '${job.name}' (job ${job.id})`;
    return runner.label(job, payload);
  }
}
