import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { readPage, type KeysetList } from '../database/paging/keyset.list.js';
import type { Page, PageOptions } from '../database/paging/page.js';
import { ProcessEntity } from './process.entity.js';
import {
  GONE_AFTER_MS,
  toProcessView,
  type ProcessState,
  type ProcessView,
} from './process.view.js';

/**
 * Which processes to list.
 *
 * @publicApi
 */
export interface ProcessFilter {
  readonly state?: ProcessState;
}

const CONDITIONS: Readonly<Record<ProcessState, string>> = {
  running: 'row.stoppedAt IS NULL AND row.beatAt > :goneAt',
  gone: 'row.stoppedAt IS NULL AND row.beatAt <= :goneAt',
  stopped: 'row.stoppedAt IS NOT NULL',
};

/**
 * Reads a page of processes, those that started last first. There are few of them: no index is worth its writes.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to this list
 * @internal
 */
export function readProcesses(
  manager: EntityManager,
  { state }: ProcessFilter,
  page: PageOptions,
  now: number,
): Promise<Page<ProcessView>> {
  const list: KeysetList<ProcessEntity, ProcessView> = {
    entity: ProcessEntity,
    columns: ['id', 'host', 'pid', 'version', 'roles', 'startedAt', 'beatAt', 'stoppedAt'],
    order: {
      name: 'processes',
      columns: [
        { column: 'startedAt', kind: 'number' },
        { column: 'id', kind: 'string' },
      ],
      direction: 'DESC',
      instantOf: ([startedAt]) => Number(startedAt),
    },
    filter: state === undefined ? undefined : inState(state, now),
    toView: (row) => toProcessView(row, now),
  };
  return readPage(manager, list, page);
}

function inState(
  state: ProcessState,
  now: number,
): (query: SelectQueryBuilder<ProcessEntity>) => void {
  // No process is in a state that does not exist.
  const condition = Object.hasOwn(CONDITIONS, state) ? CONDITIONS[state] : '1 = 0';
  return (query) => void query.andWhere(condition, { goneAt: now - GONE_AFTER_MS });
}
