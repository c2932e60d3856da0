import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { ZoneDialect } from './dialects/table.dialect.js';
import type { KeysetColumn } from './keyset.column.js';
import type { PolledTable } from './polled.table.js';

const EPOCH = 'hookline_epoch';
const DRIVER_DATE = 'hookline_driver_date';

/** One in winter and one in summer: zones may differ in one of them only. */
const MOMENTS = ['2026-01-01', '2026-07-01'];

/** Time zones differ by more than this, and what a driver cuts off a time is less. */
const SAME_MS = 1_000;

const ISO_TEXT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)? ?(Z|[+-]\d\d:\d\d)?$/i;

/** What tells the instant of a cursor. */
type Told =
  /** Its text, which is UTC where it names no zone: SQLite's functions and TypeORM write it so. */
  | { readonly by: 'text' }
  /** The database, which knows the zone. */
  | { readonly by: 'database'; readonly zones: ZoneDialect }
  /** Nothing for sure: driver and database each read a time without a zone in their own. */
  | { readonly by: 'zone-less'; readonly zones: ZoneDialect }
  | { readonly by: 'day' }
  /** A number or a text names no instant. */
  | { readonly by: 'nothing' };

/** The columns of a row as the database gave them. */
type RawRow = Readonly<Record<string, unknown>>;

/**
 * The instant that a cursor means. A driver reads a time without a zone in the zone of its process, and the
 * database in that of its session. Which of them has written it is not known, so its instant counts as known
 * where both read the same one.
 *
 * @internal
 */
export class CursorInstant {
  /** Names of what {@link addTo} selects. */
  readonly aliases: readonly string[] = [EPOCH, DRIVER_DATE];
  private readonly told: Told;

  constructor(
    private readonly table: PolledTable,
    private readonly column: KeysetColumn,
  ) {
    this.told = toldBy(table, column);
  }

  /** Has the query select what the instant is read from. */
  addTo(query: SelectQueryBuilder<ObjectLiteral>, alias: string): void {
    const column = this.column.of(alias);
    if ('zones' in this.told) query.addSelect(this.epochOf(column, this.told.zones), EPOCH);
    // Not the property: it may be `select: false`.
    if (this.told.by === 'zone-less') query.addSelect(column, DRIVER_DATE);
  }

  /**
   * The instant of a row, or `undefined` where it is not known.
   *
   * @param row the entity
   * @param text the text of the cursor
   * @param raw what the query has selected
   */
  of(row: ObjectLiteral, text: string, raw: RawRow): Date | undefined {
    const instant = this.told.by === 'nothing' ? this.transformed(row) : this.read(text, raw);
    return instant === undefined || Number.isNaN(instant.getTime()) ? undefined : instant;
  }

  /** Why the instants of rows are not known, and what helps; `undefined` where they are known. */
  async doubt(): Promise<string | undefined> {
    const { databaseName: name } = this.column.metadata;
    if (this.told.by === 'day') {
      return `'${name}' holds days, which are not instants. Name a column with a time of day as cursor`;
    }
    if (this.told.by !== 'zone-less') return undefined;
    const { zones } = this.told;
    if (await this.isSameZone(zones)) return undefined;
    return `'${name}' has no time zone: the process and the database take it for different instants. ${zones.cure}`;
  }

  /** A host whose transformer makes a date of a number or a text says which instant that means. */
  private transformed(row: ObjectLiteral): Date | undefined {
    const { metadata } = this.column;
    if (metadata.transformer === undefined) return undefined;
    const value: unknown = metadata.getEntityValue(row);
    return value instanceof Date ? value : undefined;
  }

  private read(text: string, raw: RawRow): Date | undefined {
    if (this.told.by === 'text') return instantOfText(text);
    const epoch = raw[EPOCH];
    if (!('zones' in this.told) || typeof epoch !== 'string') return undefined;
    const instant = instantOfEpoch(this.told.zones.secondsOf(epoch));
    return this.told.by === 'database' || isSame(raw[DRIVER_DATE], instant) ? instant : undefined;
  }

  private async isSameZone(zones: ZoneDialect): Promise<boolean> {
    const moments = MOMENTS.map((moment) => `SELECT ${zones.moment(moment)} AS moment`);
    const rows = await this.table.database.managed((manager) =>
      manager.query<{ moment: unknown; epoch: string }[]>(
        `SELECT moment, ${this.epochOf('moment', zones)} AS epoch FROM (${moments.join(' UNION ALL ')}) moments`,
      ),
    );
    return rows.every(({ moment, epoch }) => isSame(moment, instantOfEpoch(epoch)));
  }

  private epochOf(column: string, zones: ZoneDialect): string {
    return zones.epochOf(column, this.column.metadata.precision);
  }
}

function toldBy(
  { dialect: { zones } }: PolledTable,
  { kind, type, isZoneLess }: KeysetColumn,
): Told {
  if (kind !== 'date') return { by: 'nothing' };
  if (type === 'date') return { by: 'day' };
  if (zones === undefined) return { by: 'text' };
  return { by: isZoneLess ? 'zone-less' : 'database', zones };
}

/**
 * A text such as SQLite's `datetime('now')`, TypeORM or `toISOString()` write. Other texts that `Date` would take,
 * such as a year, are not instants.
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
 * A time in whole seconds may mean any instant of its second. It counts as the end of it: as the beginning,
 * it could be older than an event that a webhook brought before, and a rule would pass it over as late.
 */
function milliseconds(decimals = ''): string {
  return decimals.slice(0, 3).padEnd(3, '9');
}

function isSame(driverDate: unknown, instant: Date): boolean {
  return driverDate instanceof Date && Math.abs(driverDate.getTime() - instant.getTime()) < SAME_MS;
}
