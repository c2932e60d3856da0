import { Injectable } from '@nestjs/common';
import { SqlDatabase } from '../database/sql-database.js';
import type { JobAttempt } from '../queue/job-runner.js';
import type { LeasedJob } from '../queue/job.js';
import { NotRun } from '../queue/not-run.js';
import { isVerdict } from '../retry/verdict.js';
import type { HandlerContext, TransactionalHandlerContext } from './handler-context.js';
import { HandlerDirectory } from './handler.directory.js';

/** How long a job waits for another process to take it, times its attempt, up to so many times. */
const ROUND_MS = 5_000;
const MAX_ROUNDS = 12;

/** Calls a method of the host. */
type Call = (context: HandlerContext) => Promise<unknown>;

/**
 * Makes an attempt by a method of the host: in a transaction, if the method asked for one.
 *
 * @internal
 */
@Injectable()
export class AttemptCaller {
  constructor(
    private readonly database: SqlDatabase,
    private readonly directory: HandlerDirectory,
  ) {}

  call(attempt: JobAttempt, transactional: boolean, method: Call): Promise<unknown> {
    return transactional
      ? this.inTransaction(attempt, method)
      : method(contextOf(attempt, undefined));
  }

  /** Calls it in a transaction that also completes the attempt's job. */
  inTransaction(
    attempt: JobAttempt,
    method: (context: TransactionalHandlerContext) => Promise<unknown>,
  ): Promise<unknown> {
    // When its time is over, the transaction is, too: the connection, and on SQLite the whole database,
    // would otherwise be gone for as long as the method likes, and what it does then would count.
    return this.database.managed(async (manager) => {
      const result = await method(contextOf(attempt, manager));
      // Thrown, so that what was written so far is rolled back: the work is not done.
      if (isVerdict(result)) throw result;
      await attempt.completeWithin(manager);
      return result;
    }, attempt.signal);
  }

  /** A method that waits for the connection that it uses itself can only time out. */
  interrupted(transactional: boolean, reason: Error): Error {
    if (!transactional || !this.database.hasOneConnection) return reason;
    return new Error(
      `${reason.message}; the pool has one connection, which the handler's transaction had: a query that ` +
        "does not go through `context.manager` waits for it. Raise the data source's `poolSize`.",
      { cause: reason },
    );
  }

  /**
   * During a deployment, a process of the previous version may claim the job of a new method.
   *
   * @param what this process does not have
   * @param announced the name under which processes that have it say so
   * @throws {Error} if no process that is running now has it
   */
  async leftToOthers(
    { name, attempt }: LeasedJob,
    what: string,
    announced: string = name,
  ): Promise<NotRun> {
    const reason = `this process has no ${what}`;
    if (!(await this.directory.isRunning(announced))) throw new Error(reason);
    const delayMs = Math.min(attempt, MAX_ROUNDS) * ROUND_MS;
    return new NotRun(delayMs, `${reason}, and another process that is running has`);
  }
}

function contextOf<Manager extends HandlerContext['manager']>(
  attempt: JobAttempt,
  manager: Manager,
): HandlerContext & { readonly manager: Manager } {
  const { job } = attempt;
  return {
    attempt: job.attempt,
    maxAttempts: job.maxAttempts,
    jobId: job.id,
    // Made only for those who ask for it.
    get signal() {
      return attempt.signal;
    },
    manager,
  };
}
