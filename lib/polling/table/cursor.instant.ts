import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { SqlDatabase } from '../../database/sql-database.js';
import type { KeysetColumn } from './keyset.column.js';

const EPOCH = 'hookline_epoch';
const DRIVER_DATE = 'hookline_driver_date';

/** One in winter and one in summer: zones may differ in one of them only. */
const MOMENTS = ['2026-01-01', '2026-07-01'];

/** Time zones differ by more than this, and what a driver cuts off a time is less. */
const SAME_MS = 1_000;

const ISO_TEXT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)? ?(Z|[+-]\d\d:\d\d)?$/i;

type Told =
  /** By its text, which is UTC where it names no zone: SQLite's functions and TypeORM write it so. */
  | 'text'
  /** By the database, which knows the zone. */
  | 'database'
  /** By nobody for sure: a time without a zone goes between driver and database, each takes it for its own. */
  | 'zone-less'
  | 'day'
  /** A number or a text says nothing of an instant. */
  | 'nothing';

/** The columns of a row as the database gave them. */
type RawRow = Readonly<Record<string, unknown>>;

/**
 * The instant that a cursor means. A driver reads a time without a zone as one of its own process, and the
 * database as one of its session. Which of them has written it is not known, so it counts where both come
 * to the same instant.
 *
 * @internal
 */
export class CursorInstant {
  /** Names of what {@link addTo} selects. */
  readonly aliases: readonly string[] = [EPOCH, DRIVER_DATE];
  private readonly told: Told;

  constructor(
    private readonly database: SqlDatabase,
    private readonly column: KeysetColumn,
  ) {
    this.told = toldBy(database, column);
  }

  /** Has the query select what the instant is read from. */
  addTo(query: SelectQueryBuilder<ObjectLiteral>, alias: string): void {
    const column = this.column.of(alias);
    if (this.told === 'database' || this.told === 'zone-less') {
      query.addSelect(this.epochOf(column), EPOCH);
    }
    // Not the property: it may be `select: false`.
    if (this.told === 'zone-less') query.addSelect(column, DRIVER_DATE);
  }

  /**
   * The instant of a row, or `undefined` where it is not known.
   *
   * @param row the entity
   * @param text the text of the cursor
   * @param raw what the query has selected
   */
  of(row: ObjectLiteral, text: string, raw: RawRow): Date | undefined {
    const instant = this.told === 'nothing' ? this.transformed(row) : this.read(text, raw);
    return instant === undefined || Number.isNaN(instant.getTime()) ? undefined : instant;
  }

  /** Why the instants of rows are not known, and what helps; `undefined` where they are known. */
  async doubt(): Promise<string | undefined> {
    const { databaseName: name } = this.column.metadata;
    if (this.told === 'day') {
      return `'${name}' holds days, which are no instants. Name a column with a time of day as cursor`;
    }
    if (this.told !== 'zone-less' || (await this.isSameZone())) return undefined;
    const cure =
      this.database.kind === 'postgres'
        ? 'Give it the type timestamptz, run the process in the time zone of the database'
        : "Set `timezone` of the data source to the time zone of the database ('Z' for UTC)";
    return `'${name}' has no time zone: the process and the database take it for different instants. ${cure}`;
  }

  /** A host that makes a date of a number or a text says itself which instant that means. */
  private transformed(row: ObjectLiteral): Date | undefined {
    const { metadata } = this.column;
    if (metadata.transformer === undefined) return undefined;
    const value: unknown = metadata.getEntityValue(row);
    return value instanceof Date ? value : undefined;
  }

  private read(text: string, raw: RawRow): Date | undefined {
    if (this.told === 'text') return instantOfText(text);
    const epoch = raw[EPOCH];
    if (typeof epoch !== 'string') return undefined;
    // TypeORM updates with CURRENT_TIMESTAMP, which has whole seconds on MySQL, whatever the column can hold.
    const seconds = this.database.kind === 'mysql' ? epoch.replace(/\.0+$/, '') : epoch;
    const instant = instantOfEpoch(seconds);
    return this.told === 'database' || isSame(raw[DRIVER_DATE], instant) ? instant : undefined;
  }

  private async isSameZone(): Promise<boolean> {
    const type = this.database.kind === 'postgres' ? 'timestamp' : 'datetime';
    const moments = MOMENTS.map((moment) => `SELECT CAST('${moment}' AS ${type}) AS moment`);
    const rows = await this.database.managed((manager) =>
      manager.query<{ moment: unknown; epoch: string }[]>(
        `SELECT moment, ${this.epochOf('moment')} AS epoch FROM (${moments.join(' UNION ALL ')}) moments`,
      ),
    );
    return rows.every(({ moment, epoch }) => isSame(moment, instantOfEpoch(epoch)));
  }

  /** The SQL expression of a column's seconds since the epoch, with as many decimals as the column has. */
  private epochOf(column: string): string {
    if (this.database.kind === 'mysql') return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
    const seconds = `CAST(extract(epoch FROM CAST(${column} AS timestamptz)) AS numeric)`;
    return `CAST(round(${seconds}, ${this.column.metadata.precision ?? 6}) AS text)`;
  }
}

function toldBy({ kind: database }: SqlDatabase, { kind, type }: KeysetColumn): Told {
  if (kind !== 'date') return 'nothing';
  if (type === 'date') return 'day';
  if (database === 'sqlite') return 'text';
  return type === 'timestamp with time zone' ? 'database' : 'zone-less';
}

/**
 * A text such as SQLite's `datetime('now')`, TypeORM or `toISOString()` write. What else `Date` would take, such
 * as a year, is no instant.
 */
function instantOfText(text: string): Date | undefined {
  const [, day, time, second, decimals, zone = 'Z'] = ISO_TEXT.exec(text) ?? [];
  if (day === undefined) return undefined;
  return new Date(
    `${day}T${time}:${second ?? '59'}.${milliseconds(decimals)}${zone.toUpperCase()}`,
  );
}

function instantOfEpoch(seconds: string): Date {
  const [whole, decimals] = seconds.split('.');
  return new Date(Number(whole) * 1_000 + Number(milliseconds(decimals)));
}

/**
 * A time in whole seconds is that of anything within its second. It counts as the end of it: as the beginning,
 * it would be older than what a webhook has said before, and a rule would pass it over as late.
 */
function milliseconds(decimals = ''): string {
  return decimals.slice(0, 3).padEnd(3, '9');
}

function isSame(driverDate: unknown, instant: Date): boolean {
  return driverDate instanceof Date && Math.abs(driverDate.getTime() - instant.getTime()) < SAME_MS;
}
