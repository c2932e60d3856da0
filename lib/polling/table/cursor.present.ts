import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { ZoneDialect } from './dialects/table.dialect.js';
import type { KeysetColumn } from './keyset.column.js';
import type { PolledTable } from './polled.table.js';

/** More rows than these are not dated wrongly: the writers of the table are in the zone that is ahead. */
const MAX_AHEAD = 10_000;

const MINUTE_MS = 60_000;

/** The present of the session, as the driver reads it and as it is. */
interface Present {
  readonly here: unknown;
  readonly epoch: unknown;
}

/** Begins a query for the rows of the table. */
type Rows = (manager: EntityManager) => SelectQueryBuilder<ObjectLiteral>;

/**
 * What time it is by a column of dates. A time without a zone is written by the database in the zone of its
 * session, or by a process as its driver does, which may be hours off. TypeORM has the database write its columns
 * of creation and update; for others, the earlier of the two is the present, so that no row hides those that are
 * written until its time comes. Each run reads again what lies between the two, unless that is the bulk of the table.
 *
 * @internal
 */
export class CursorPresent {
  /** How many minutes the column's present is ahead of the session's. */
  private aheadBy = 0;

  constructor(
    private readonly table: PolledTable,
    private readonly column: KeysetColumn,
  ) {}

  /** Looks at both zones, which change with summer time; each run calls it before it compares rows. */
  async look(rows: Rows, alias: string): Promise<void> {
    const { zones } = this.table.dialect;
    if (zones === undefined || !this.column.isZoneLess) return;
    await this.table.database.managed(async (manager) => {
      const process = await processAheadBy(manager, zones);
      const [early, late] = [
        this.isWrittenByDatabase ? 0 : Math.min(0, process),
        Math.max(0, process),
      ];
      this.aheadBy =
        early < late && (await this.isCrowded(rows(manager), alias, early, late)) ? late : early;
    });
  }

  /**
   * The SQL condition that a date of the column has not come yet, by the clock of the database; `undefined`
   * for other columns.
   */
  future(alias: string): string | undefined {
    return this.column.kind === 'date' ? this.column.isFuture(alias, this.aheadBy) : undefined;
  }

  private get isWrittenByDatabase(): boolean {
    const { isCreateDate, isUpdateDate } = this.column.metadata;
    return isCreateDate || isUpdateDate;
  }

  private async isCrowded(
    query: SelectQueryBuilder<ObjectLiteral>,
    alias: string,
    early: number,
    late: number,
  ): Promise<boolean> {
    const beyond = await query
      .select('1', 'one')
      .andWhere(this.column.isFuture(alias, early))
      .andWhere(`NOT (${this.column.isFuture(alias, late)})`)
      .offset(MAX_AHEAD)
      .limit(1)
      .getRawMany();
    return beyond.length > 0;
  }
}

/** How many minutes what a process writes for the present is ahead of what the session writes. */
async function processAheadBy(manager: EntityManager, zones: ZoneDialect): Promise<number> {
  const [present] = await manager.query<Present[]>(zones.present);
  // A host whose driver gives texts writes texts as well, and in which zone is not known.
  if (!(present?.here instanceof Date)) return 0;
  return Math.round((Number(present.epoch) * 1_000 - present.here.getTime()) / MINUTE_MS);
}
