import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SqlDatabase } from '../../database/sql-database.js';

/** What a column holds, as far as its text and its use as a cursor depend on it. */
export type ColumnKind = 'date' | 'number' | 'text';

const NUMBER_TYPE =
  /^((tiny|small|medium|big)?int(eger|[248])?|unsigned big int|numeric|decimal|real|float|double( precision)?)$/;
const DATE_TYPE = /^(date|datetime|timestamp( with(out)? time zone)?)$/;
/** Types without an order, or whose text is not read back as the same value. */
const UNORDERED_TYPE =
  /^(bool|blob|bytea|json|simple-json|simple-array|point|line|lseg|box|path|polygon|circle|geo|vector)/;

/** The same of MySQL's own types: an enum is sorted by its position, and compared by its text. */
const UNORDERED_MYSQL_TYPE = /^((tiny|medium|long)?blob|(var)?binary|bit|enum|set)$/;

/**
 * A column that pages are read along. Its values travel as text, in full precision: a JavaScript `Date`
 * would cut PostgreSQL's microseconds off, a number the end of a 64-bit integer, and rows would be read
 * again and again, or never.
 *
 * @internal
 */
export class KeysetColumn {
  readonly kind: ColumnKind;
  /** Its type, by the name that the driver has for it. */
  readonly type: string;
  /** Whether its values are numbers: on SQLite it may hold other values than its type says. */
  holdsNumbers: boolean;

  constructor(
    private readonly database: SqlDatabase,
    readonly metadata: ColumnMetadata,
  ) {
    this.type = database.dataSource.driver.normalizeType(metadata);
    this.kind = NUMBER_TYPE.test(this.type)
      ? 'number'
      : DATE_TYPE.test(this.type)
        ? 'date'
        : 'text';
    this.holdsNumbers = this.kind === 'number';
  }

  /** Whether rows can be read in the order of the column. */
  get isOrdered(): boolean {
    const declared = this.metadata.type;
    const isUnordered =
      declared === Boolean ||
      (typeof declared === 'string' && UNORDERED_TYPE.test(declared)) ||
      UNORDERED_TYPE.test(this.type) ||
      (this.database.kind === 'mysql' && UNORDERED_MYSQL_TYPE.test(this.type));
    return !this.metadata.isArray && !isUnordered;
  }

  /** Whether it holds dates that a driver reads in the zone of its own process. */
  get isZoneLess(): boolean {
    return (
      this.kind === 'date' &&
      this.database.kind !== 'sqlite' &&
      this.type !== 'timestamp with time zone'
    );
  }

  /** The SQL expression of the column. */
  of(alias: string): string {
    const { driver } = this.database.dataSource;
    return `${driver.escape(alias)}.${driver.escape(this.metadata.databaseName)}`;
  }

  /**
   * The SQL expression of its text: the same for one value in every session, and read back as that
   * value where it is compared with the column.
   */
  textOf(alias: string): string {
    const column = this.of(alias);
    if (this.database.kind === 'sqlite') {
      // CAST prints 15 digits of a floating-point number, which may be another number.
      return `CASE typeof(${column}) WHEN 'real' THEN printf('%!.17g', ${column}) ELSE CAST(${column} AS text) END`;
    }
    if (this.database.kind === 'mysql') return this.mysqlTextOf(column);
    switch (this.type) {
      case 'timestamp with time zone':
        return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
      case 'timestamp without time zone':
        return `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
      case 'date':
        return `to_char(${column}, 'YYYY-MM-DD')`;
      default:
        return `CAST(${column} AS text)`;
    }
  }

  /** The SQL expression of a value of the column, from its text in a parameter. */
  fromText(parameter: string): string {
    if (this.database.kind === 'sqlite' && this.holdsNumbers) {
      // No number is greater than a text, and a computed column of a view has no type to convert the text by. The
      // plus sign keeps CAST from converting the column.
      return `+CAST(${parameter} AS NUMERIC)`;
    }
    if (this.database.kind !== 'mysql') return parameter;
    switch (this.type) {
      case 'timestamp':
        return `FROM_UNIXTIME(${parameter})`;
      case 'decimal':
        return `CAST(${parameter} AS DECIMAL(65, 30))`;
      default:
        // Compared with a text, a number is taken for a floating-point number, which has 53 bits.
        if (!this.type.endsWith('int')) return parameter;
        return `CAST(${parameter} AS ${this.metadata.unsigned ? 'UNSIGNED' : 'SIGNED'})`;
    }
  }

  /** The SQL condition that the column has a value that can be compared. */
  comparable(alias: string): string {
    const column = this.of(alias);
    // PostgreSQL's infinite dates would end every poll for good; NULL is in neither range.
    return this.database.kind === 'postgres' && this.kind === 'date'
      ? `${column} > '-infinity' AND ${column} < 'infinity'`
      : `${column} IS NOT NULL`;
  }

  private mysqlTextOf(column: string): string {
    switch (this.type) {
      case 'timestamp':
        return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
      case 'datetime':
        return `DATE_FORMAT(${column}, '%Y-%m-%d %H:%i:%s.%f')`;
      case 'float':
        // Printed as what it is, a float is cut to six digits.
        return `CAST(${column} + 0e0 AS CHAR)`;
      default:
        return `CAST(${column} AS CHAR)`;
    }
  }
}
