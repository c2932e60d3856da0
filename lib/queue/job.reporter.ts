import type { Clock } from '../clock/clock.js';
import { instantOfKey } from '../database/paging/instant-of-key.js';
import { describeError } from '../errors/describe-error.js';
import type { AttemptEnded, OutcomeLost } from '../telemetry/job.occurrence.js';
import type { Occurrences } from '../telemetry/occurrences.js';
import type { ExecutableJob } from './executable.job.js';
import type { JobTransition } from './job.js';
import type { JobRunnerRegistry } from './job-runner.registry.js';
import { Unreadable } from './unreadable.js';

/**
 * Publishes the occurrences of jobs.
 *
 * @internal
 */
export class JobReporter {
  constructor(
    private readonly occurrences: Occurrences,
    private readonly runners: JobRunnerRegistry,
    private readonly clock: Clock,
  ) {}

  /** Reports that an attempt is over. */
  ended(executable: ExecutableJob, transition: JobTransition): void {
    const { state, attempt, error, dueAt } = transition;
    switch (state) {
      case 'completed':
        this.completed(executable, transition.finishedAt ?? this.clock.now());
        break;
      case 'retryable': {
        const isPostponed = attempt < executable.job.attempt;
        if (!isPostponed) this.count('failed', executable, this.clock.now());
        this.publish(executable, {
          kind: isPostponed ? 'attempt.postponed' : 'attempt.failed',
          attempt: executable.job.attempt,
          error,
          nextInMs: (dueAt ?? 0) - this.clock.now(),
        });
        break;
      }
      case 'discarded':
        this.count('discarded', executable, this.clock.now());
        this.publish(executable, { kind: 'job.discarded', attempt, error, nextInMs: null });
        break;
      default:
    }
  }

  /** Reports that an attempt has completed its job. */
  completed(executable: ExecutableJob, endedAt: number): void {
    this.count('completed', executable, endedAt);
    if (!this.occurrences.hears('attempt.completed')) return;
    const { attempt } = executable.job;
    this.publish(executable, { kind: 'attempt.completed', attempt, error: null, nextInMs: null });
  }

  /** Reports that the database could not load the payloads of these jobs of one kind, in one occurrence. */
  postponed(jobs: readonly ExecutableJob[], problem: unknown): void {
    this.occurrences.publish({
      kind: 'jobs.unreadable',
      count: jobs.length,
      jobKind: jobs[0]?.job.kind,
      error: describeError(problem),
    });
  }

  /** Reports that jobs of a process that died or was cut off run one by one now. */
  lost(count: number): void {
    this.occurrences.publish({ kind: 'jobs.suspected', count, jobKind: undefined, error: null });
  }

  leaseLost(executable: ExecutableJob): void {
    this.publishLost(executable, 'lease.lost', null);
  }

  notRecorded(executable: ExecutableJob, problem: unknown): void {
    this.publishLost(executable, 'outcome.not-recorded', describeError(problem));
  }

  /** Only of a first attempt it is known how long the job waited: its id has the time at which it was added. */
  private count(
    outcome: 'completed' | 'failed' | 'discarded',
    { job, startedAt }: ExecutableJob,
    endedAt: number,
  ): void {
    const { counter } = this.occurrences;
    if (startedAt === undefined) {
      counter.ended(outcome, job.name, undefined, undefined);
      return;
    }
    const waitedMs = job.attempt === 1 ? startedAt - instantOfKey(job.id) : undefined;
    counter.ended(outcome, job.name, waitedMs, endedAt - startedAt);
  }

  private publish(
    executable: ExecutableJob,
    ended: Pick<AttemptEnded, 'kind' | 'attempt' | 'error' | 'nextInMs'>,
  ): void {
    const { maxAttempts } = executable.job;
    this.occurrences.publish({ ...this.about(executable), ...ended, maxAttempts });
  }

  private publishLost(
    executable: ExecutableJob,
    kind: OutcomeLost['kind'],
    error: string | null,
  ): void {
    this.occurrences.publish({ kind, ...this.about(executable), error });
  }

  private about(
    executable: ExecutableJob,
  ): Pick<OutcomeLost, 'jobId' | 'jobKind' | 'name' | 'ref' | 'label'> {
    const { id: jobId, kind: jobKind, name, ref } = executable.job;
    return { jobId, jobKind, name, ref, label: this.label(executable) };
  }

  private label({ job, payload }: ExecutableJob): string {
    const runner = this.runners.find(job.kind);
    if (runner === undefined || payload === undefined || payload instanceof Unreadable)
      return `${job.kind} '${job.name}' (job ${job.id})`;
    return runner.label(job, payload);
  }
}
