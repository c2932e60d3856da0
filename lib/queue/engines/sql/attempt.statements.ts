import { batches, rowPlaceholders } from '../../../database/batches.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { Steps } from '../../../database/statement.js';
import type { AttemptRow } from '../../attempt.js';
import { AttemptEntity } from '../../attempt.entity.js';
import type { JobTransition } from '../../job.js';
import type { EndedJobs } from './dialects/queue.dialect.js';

const COLUMNS =
  'id, job_id, number, process, started_at, ended_at, verdict, error, error_key' as const;

/**
 * The statements that store attempts.
 *
 * @internal
 */
export class AttemptStatements {
  constructor(private readonly database: SqlDatabase) {}

  /** Stores the attempts of those jobs that the transitions have changed, in the same transaction. */
  *afterTransitions(
    transitions: readonly JobTransition[],
    steps: Steps<EndedJobs>,
  ): Steps<EndedJobs> {
    const jobs = yield* together(steps);
    const ended = transitions.flatMap(({ id, ended: row }) =>
      row !== undefined && jobs.changed.has(id) ? [row] : [],
    );
    yield* this.insert(ended);
    return jobs;
  }

  *insert(attempts: readonly AttemptRow[]): Steps<void> {
    const { database } = this;
    const table = database.table(AttemptEntity);
    for (const batch of batches(attempts, ({ error }) => error?.length ?? 0)) {
      yield database.statement(
        `INSERT INTO ${table} (${COLUMNS}) VALUES ${rowPlaceholders(batch.length, 9)}`,
        batch.flatMap(valuesOf),
      );
    }
  }
}

/** The same steps, none of which is the only one of its transaction. */
function* together<Result>(steps: Steps<Result>): Steps<Result> {
  let step = steps.next();
  while (step.done !== true) {
    const { alone: _, ...statement } = step.value;
    step = steps.next(yield statement);
  }
  return step.value;
}

function valuesOf(row: AttemptRow): unknown[] {
  return [
    row.id,
    row.jobId,
    row.number,
    row.process,
    row.startedAt,
    row.endedAt,
    row.verdict,
    row.error,
    row.errorKey,
  ];
}
