import type { Driver } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { columnKindOf, type ColumnKind } from './column-kind.js';
import type { ColumnFacts, TableDialect } from './dialects/table.dialect.js';

/** Types without an order, or whose text is not read back as the same value. */
const UNORDERED_TYPE =
  /^(bool|blob|bytea|json|simple-json|simple-array|point|line|lseg|box|path|polygon|circle|geo|vector)/;

/**
 * A column that pages are read along. Its values travel as text, in full precision: a JavaScript `Date`
 * would cut off PostgreSQL's microseconds, and a number the end of a 64-bit integer; rows would be read again
 * and again, or never.
 *
 * @internal
 */
export class KeysetColumn implements ColumnFacts {
  readonly kind: ColumnKind;
  readonly type: string;
  readonly isUnsigned: boolean;
  holdsNumbers: boolean;

  constructor(
    private readonly driver: Driver,
    private readonly dialect: TableDialect,
    readonly metadata: ColumnMetadata,
  ) {
    this.type = driver.normalizeType(metadata);
    this.kind = columnKindOf(this.type);
    this.isUnsigned = metadata.unsigned;
    this.holdsNumbers = this.kind === 'number';
  }

  /** Whether rows can be read in the order of the column. */
  get isOrdered(): boolean {
    const declared = this.metadata.type;
    const isUnordered =
      declared === Boolean ||
      (typeof declared === 'string' && UNORDERED_TYPE.test(declared)) ||
      UNORDERED_TYPE.test(this.type) ||
      this.dialect.isUnordered(this.type);
    return !this.metadata.isArray && !isUnordered;
  }

  /** Whether it holds dates that a driver reads in the zone of its own process. */
  get isZoneLess(): boolean {
    return this.kind === 'date' && this.dialect.zones?.isZoneLess(this.type) === true;
  }

  /** The SQL expression of the column. */
  of(alias: string): string {
    return `${this.driver.escape(alias)}.${this.driver.escape(this.metadata.databaseName)}`;
  }

  /** The SQL expression of its text; see {@link TableDialect.textOf}. */
  textOf(alias: string): string {
    return this.dialect.textOf(this.of(alias), this);
  }

  /** The SQL expression of a value of the column, from its text in a parameter. */
  fromText(parameter: string): string {
    return this.dialect.fromText(parameter, this);
  }

  /** The SQL condition that the column has a value that can be compared. */
  comparable(alias: string): string {
    return this.dialect.comparable(this.of(alias), this);
  }

  /** The SQL condition that its date lies further ahead of the database's present than these minutes. */
  isFuture(alias: string, minutes: number): string {
    return this.dialect.isFuture(this.of(alias), minutes, this);
  }
}
