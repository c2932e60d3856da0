import type { Clock } from '../../../clock/clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import { GroupCommit } from './group-commit.js';
import type { HeldJob } from './held-job.js';
import type { HeldJobs } from './held-jobs.js';
import type { JobReporter } from '../../job.reporter.js';
import type { JobTransition } from '../../job.js';

/** Most outcomes recorded in one transaction. */
const GROUP_SIZE = 500;

/**
 * Records how attempts ended, many in one transaction.
 *
 * @internal
 */
export class OutcomeRecorder {
  private readonly group: GroupCommit<JobTransition, boolean>;
  private isStopping = false;

  /** @param againMs how long to wait before it is tried again, when the database did not take it */
  constructor(
    private readonly held: HeldJobs,
    private readonly database: SqlDatabase,
    private readonly dialect: QueueDialect,
    private readonly clock: Clock,
    private readonly reporter: JobReporter,
    private readonly againMs: number,
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

  /**
   * Keeps trying: what has been done must not be done again because the database was away. Never rejects.
   *
   * @returns whether the job left this process by that
   */
  async record(held: HeldJob, transition: JobTransition): Promise<boolean> {
    this.held.end(held);
    for (let tries = 1; this.held.has(held); tries++) {
      try {
        const effective = await this.group.add(transition);
        if (!effective) this.reporter.leaseLost(held);
        return this.held.forget(held);
      } catch (error) {
        if (this.isStopping || tries === 1) this.reporter.notRecorded(held, error);
        if (this.isStopping || this.database.isValueError(error)) return this.held.forget(held);
        await new Promise<void>((resolve) => {
          this.clock.schedule(resolve, this.againMs);
        });
      }
    }
    return false;
  }

  private async commit(transitions: readonly JobTransition[]): Promise<boolean[]> {
    const changed = await this.database.transaction(() => this.dialect.transition(transitions));
    return transitions.map((transition) => changed.has(transition.id));
  }
}
