import type { EntityManager } from 'typeorm';
import type { Clock } from '../../../clock/clock.js';
import { KeySequence } from '../../../database/key-sequence.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { Steps } from '../../../database/statement.js';
import { AttemptStatements } from './attempt.statements.js';
import type { EndedJobs, QueueDialect } from './dialects/queue.dialect.js';
import type { FollowUp } from './follow-up.js';
import { GroupCommit } from './group-commit.js';
import type { LocalJob } from './local-job.js';
import type { LocalJobs } from './local-jobs.js';
import { endedAttempt } from '../../ended-attempt.js';
import type { ExecutableJob } from '../../executable.job.js';
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
  /** How long to wait before recording a failed outcome again, in milliseconds. */
  readonly againMs: number;
  /** Called when a job has left this process. */
  left(local: LocalJob): void;
  /** Told of the jobs that run next. */
  readonly following: FollowUp;
}

/**
 * Records the outcomes of attempts, many in one transaction.
 *
 * @internal
 */
export class OutcomeRecorder {
  private readonly group: GroupCommit<JobTransition, boolean>;
  private readonly attempts: AttemptStatements;
  private readonly keys = new KeySequence();
  private isStopping = false;

  constructor(
    private readonly localJobs: LocalJobs,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly reporter: JobReporter,
    private readonly host: RecorderHost,
  ) {
    this.attempts = new AttemptStatements(database);
    this.group = new GroupCommit({
      commit: (transitions) => this.commit(transitions),
      isItemError: (error) => database.isValueError(error),
      maxGroup: GROUP_SIZE,
      maxWaiting: Infinity,
    });
  }

  /** From now on, a failed recording is not tried again. */
  stop(): void {
    this.isStopping = true;
  }

  /** Resolves when no outcome is being recorded. */
  idle(): Promise<void> {
    return this.group.idle();
  }

  /** Records the outcome of an attempt, in the background. */
  record(local: LocalJob, outcome: AttemptOutcome): void {
    if (outcome.kind === 'recorded') {
      this.reporter.completed(local, this.clock.now());
      this.remove(local);
      // The next job of its lane.
      if (local.job.lane !== null) this.host.following.becameDue();
    } else {
      this.reporter.ended(local, this.recordSilently(local, outcome));
    }
  }

  /**
   * Records an outcome without publishing it.
   *
   * @returns the change of the job
   */
  recordSilently(local: LocalJob, outcome: OpenOutcome): JobTransition {
    const transition = this.transition(local, outcome);
    void this.store(local, transition);
    return transition;
  }

  /**
   * Completes a job inside of a transaction, so that its work and its completion commit together.
   *
   * @throws {LeaseLostError} if another process has the job; the transaction must roll back
   */
  async completeWithin(manager: EntityManager, job: LeasedJob): Promise<void> {
    const local = this.localJobs.find(job.id);
    const startedAt = local?.job === job ? local.startedAt : undefined;
    const transition = this.transition(startedAt === undefined ? { job } : { job, startedAt }, {
      kind: 'returned',
      value: undefined,
    });
    const { changed } = await this.database.within(manager, this.stepsOf([transition]));
    if (!changed.has(job.id)) throw new LeaseLostError(job.id);
  }

  /**
   * Keeps trying: work that is done must not run again because the database was unreachable. Never rejects.
   */
  private async store(local: LocalJob, transition: JobTransition): Promise<void> {
    this.localJobs.end(local);
    for (let tries = 1; this.localJobs.has(local); tries++) {
      try {
        const effective = await this.group.add(transition);
        if (!effective) this.reporter.leaseLost(local);
        this.remove(local);
      } catch (error) {
        if (this.isStopping || tries === 1) this.reporter.notRecorded(local, error);
        if (this.isStopping || this.database.isValueError(error)) {
          this.remove(local);
          return;
        }
        await new Promise<void>((resolve) => {
          this.clock.schedule(resolve, this.host.againMs);
        });
      }
    }
  }

  private remove(local: LocalJob): void {
    if (this.localJobs.remove(local)) this.host.left(local);
  }

  private transition(
    executable: Pick<ExecutableJob, 'job' | 'startedAt'>,
    outcome: OpenOutcome,
  ): JobTransition {
    const now = this.clock.now();
    const transition = transitionAfter(executable.job, outcome, {
      now,
      leasedBy: this.host.owner,
      backoff: this.host.backoff,
      random: Math.random(),
    });
    const ended = endedAttempt(executable, outcome, transition, now, this.keys);
    return ended === undefined ? transition : { ...transition, ended };
  }

  private async commit(transitions: readonly JobTransition[]): Promise<boolean[]> {
    const { changed, due } = await this.database.transaction(() => this.stepsOf(transitions));
    if (due.length > 0) this.host.following.becameDue(due);
    this.host.following.ended(transitions);
    return transitions.map((transition) => changed.has(transition.id));
  }

  /** Nearly all attempts complete their job, and leave no row. */
  private stepsOf(transitions: readonly JobTransition[]): Steps<EndedJobs> {
    const steps = this.dialect.end(transitions, this.clock.now());
    const leavesRow = transitions.some(({ ended }) => ended !== undefined);
    return leavesRow ? this.attempts.afterTransitions(transitions, steps) : steps;
  }
}
