import type { EntityManager } from 'typeorm';
import { equalTo } from '../database/paging/equal-to.js';
import { readPage } from '../database/paging/keyset.list.js';
import { newestFirst } from '../database/paging/newest-first.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { toDate } from '../database/paging/to-date.js';
import type { AttemptVerdict } from './attempt.js';
import { AttemptEntity } from './attempt.entity.js';

/**
 * An attempt in a list.
 *
 * @publicApi
 */
export interface AttemptView {
  readonly id: string;
  readonly jobId: string;
  /**
   * Which attempt of its job it is, from 1. One that was postponed or released does not count: the next one has the
   * same number. A job that is retried by hand begins at 1 again.
   */
  readonly number: number;
  /** The process that made it; `null` for one that died. */
  readonly process: string | null;
  /** When it started; `null` if its process died. */
  readonly startedAt: Date | null;
  /** When it ended, or was found to be lost. */
  readonly endedAt: Date;
  readonly verdict: AttemptVerdict;
  /** What went wrong, in one line. */
  readonly error: string | null;
  /** The same for errors with the same cause. */
  readonly errorKey: string | null;
}

/** @internal */
export function readAttempts(
  manager: EntityManager,
  jobId: string,
  page: PageOptions,
): Promise<Page<AttemptView>> {
  return readPage(
    manager,
    {
      entity: AttemptEntity,
      columns: [
        'id',
        'jobId',
        'number',
        'process',
        'startedAt',
        'endedAt',
        'verdict',
        'error',
        'errorKey',
      ],
      order: newestFirst<AttemptEntity>('id'),
      within: equalTo<AttemptEntity>({ jobId }),
      toView: toAttemptView,
    },
    page,
  );
}

function toAttemptView(row: AttemptEntity): AttemptView {
  return {
    id: row.id,
    jobId: row.jobId,
    number: row.number,
    process: row.process,
    startedAt: toDate(row.startedAt),
    endedAt: new Date(row.endedAt),
    verdict: row.verdict,
    error: row.error,
    errorKey: row.errorKey,
  };
}
