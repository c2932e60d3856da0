import type { EntityManager } from 'typeorm';
import type { Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import { GroupCommit } from './group-commit.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { JobReporter } from '../../job.reporter.js';
import type { JobTransition, LeasedJob } from '../../job.js';
import { LeaseLostError } from '../../lease-lost.error.js';
import type { ResolvedBackoffOptions } from '../../../retry/backoff.options.js';
import { transitionAfter, type AttemptOutcome, type OpenOutcome } from '../../attempt-outcome.js';

/** Most outcomes recorded in one transaction. */
const GROUP_SIZE = 500;

/** What the recorder needs of the process. */
export interface RecorderHost {
  readonly owner: string;
  readonly backoff: ResolvedBackoffOptions;
  /** How long to wait before an outcome is recorded again that the database did not take, in milliseconds. */
  readonly againMs: number;
  /** A job has left this process. */
  left(): void;
}

/**
 * Records how attempts ended, many in one transaction.
 *
 * @internal
 */
export class OutcomeRecorder {
  private readonly group: GroupCommit<JobTransition, boolean>;
  private isStopping = false;

  constructor(
    private readonly held: HeldJobs,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly reporter: JobReporter,
    private readonly host: RecorderHost,
  ) {
    this.group = new GroupCommit({
      commit: (transitions) => this.commit(transitions),
      isItemError: (error) => database.isValueError(error),
      maxGroup: GROUP_SIZE,
      maxWaiting: Infinity,
    });
  }

  /** What fails from now on is not tried again. */
  stop(): void {
    this.isStopping = true;
  }

  /** Resolves when nothing is on its way into the database. */
  idle(): Promise<void> {
    return this.group.idle();
  }

  /** Records the outcome of an attempt, in the background. */
  record(held: HeldJob, outcome: AttemptOutcome): void {
    if (outcome.kind === 'recorded') {
      this.reporter.completed(held);
      this.forget(held);
    } else {
      this.reporter.ended(held, this.recordSilently(held, outcome));
    }
  }

  /**
   * Records an outcome without logging it.
   *
   * @returns what becomes of the job
   */
  recordSilently(held: HeldJob, outcome: OpenOutcome): JobTransition {
    const transition = this.transition(held.job, outcome);
    void this.store(held, transition);
    return transition;
  }

  /**
   * Completes a job inside of a transaction, so that its work and its completion commit together.
   *
   * @throws {LeaseLostError} when somebody else has the job; the transaction must roll back
   */
  async completeWithin(manager: EntityManager, job: LeasedJob): Promise<void> {
    const transition = this.transition(job, { kind: 'returned', value: undefined });
    const changed = await this.database.within(manager, this.dialect.transition([transition]));
    if (!changed.has(job.id)) throw new LeaseLostError(job.id);
  }

  /** Keeps trying: what has been done must not be done again because the database was away. Never rejects. */
  private async store(held: HeldJob, transition: JobTransition): Promise<void> {
    this.held.end(held);
    for (let tries = 1; this.held.has(held); tries++) {
      try {
        const effective = await this.group.add(transition);
        if (!effective) this.reporter.leaseLost(held);
        this.forget(held);
      } catch (error) {
        if (this.isStopping || tries === 1) this.reporter.notRecorded(held, error);
        if (this.isStopping || this.database.isValueError(error)) {
          this.forget(held);
          return;
        }
        await new Promise<void>((resolve) => {
          this.clock.schedule(resolve, this.host.againMs);
        });
      }
    }
  }

  private forget(held: HeldJob): void {
    if (this.held.forget(held)) this.host.left();
  }

  private transition(job: LeasedJob, outcome: OpenOutcome): JobTransition {
    return transitionAfter(job, outcome, {
      now: this.clock.now(),
      leasedBy: this.host.owner,
      backoff: this.host.backoff,
      random: Math.random(),
    });
  }

  private async commit(transitions: readonly JobTransition[]): Promise<boolean[]> {
    const changed = await this.database.transaction(() => this.dialect.transition(transitions));
    return transitions.map((transition) => changed.has(transition.id));
  }
}
