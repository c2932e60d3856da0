import type { EntityManager } from 'typeorm';
import { equalTo } from '../../database/paging/equal-to.js';
import { readPage } from '../../database/paging/keyset.list.js';
import type { Page, PageOptions } from '../../database/paging/page.js';
import { PauseEntity } from './pause.entity.js';
import { dueTimeOf, pauseLabel, type PauseKind } from './pause.js';

/**
 * Which pauses to list.
 *
 * @publicApi
 */
export interface PauseFilter {
  readonly kind?: PauseKind;
}

/**
 * A pause that is in force.
 *
 * @publicApi
 */
export interface PauseView {
  readonly kind: PauseKind;
  /** Name of the handler, source, rule, channel, pool or timer. */
  readonly name: string;
  /** Who has paused it. */
  readonly by: string;
  readonly reason: string;
  readonly pausedAt: Date;
}

/** What each of the pauses is called, by the due time of the jobs that it holds. */
export type PausesByDueTime = ReadonlyMap<number, string>;

/** @internal */
export function toPauseView(row: PauseEntity): PauseView {
  const { kind, name, pausedBy: by, reason } = row;
  return { kind, name, by, reason, pausedAt: new Date(row.pausedAt) };
}

/**
 * Reads a page of pauses, the last ones first. There are few of them: no index is worth its writes.
 *
 * @throws {RangeError} for a wrong limit, and for a cursor that does not belong to this list
 * @internal
 */
export function readPauses(
  manager: EntityManager,
  { kind }: PauseFilter,
  page: PageOptions,
): Promise<Page<PauseView>> {
  const list = {
    entity: PauseEntity,
    columns: ['kind', 'name', 'pausedAt', 'pausedBy', 'reason'],
    order: {
      name: 'pauses',
      columns: [
        { column: 'pausedAt', kind: 'number' },
        { column: 'kind', kind: 'string' },
        { column: 'name', kind: 'string' },
      ],
      direction: 'DESC',
      instantOf: ([pausedAt]: readonly unknown[]) => Number(pausedAt),
    },
    filter: equalTo<PauseEntity>({ kind }),
    toView: toPauseView,
  } as const;
  return readPage(manager, list, page);
}

/** All pauses, by the due time of the jobs that they hold. @internal */
export async function pausesByDueTime(manager: EntityManager): Promise<PausesByDueTime> {
  const rows = await manager.find(PauseEntity, { select: { kind: true, name: true } });
  const labels = rows.map(({ kind, name }) => pauseLabel(kind, name));
  return new Map(labels.map((label) => [dueTimeOf(label), label]));
}
