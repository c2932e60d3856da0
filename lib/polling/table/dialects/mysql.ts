import type { TableDialect, ZoneDialect } from './table.dialect.js';
import { utcText } from './utc-text.js';

/**
 * Types without an order, or whose text is not read back as the same value: an enum is sorted by its position, and
 * compared by its text.
 */
const UNORDERED_TYPE = /^((tiny|medium|long)?blob|(var)?binary|bit|enum|set)$/;

const zones: ZoneDialect = {
  isZoneLess: () => true,

  present: 'SELECT NOW() AS here, UNIX_TIMESTAMP() AS epoch',

  epochOf: (column) => `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`,

  // TypeORM updates with CURRENT_TIMESTAMP, which has whole seconds, whatever the column can hold.
  secondsOf: (epoch) => epoch.replace(/\.0+$/, ''),

  moment: (text) => `CAST('${text}' AS datetime)`,

  utcTextOf: (text, type) =>
    type === 'timestamp' ? instantOf(text).toISOString() : utcText(text, type),

  cure: "Set `timezone` of the data source to the time zone of the database ('Z' for UTC)",
};

/**
 * MySQL and MariaDB.
 *
 * @internal
 */
export const MYSQL: TableDialect = {
  isUnordered: (type) => UNORDERED_TYPE.test(type),

  textOf: (column, { type }) => {
    switch (type) {
      case 'timestamp':
        return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
      case 'datetime':
        return `DATE_FORMAT(${column}, '%Y-%m-%d %H:%i:%s.%f')`;
      case 'float':
        // MySQL prints a float with six digits; a double keeps them all.
        return `CAST(${column} + 0e0 AS CHAR)`;
      default:
        return `CAST(${column} AS CHAR)`;
    }
  },

  fromText: (parameter, { type, isUnsigned }) => {
    switch (type) {
      case 'timestamp':
        return `FROM_UNIXTIME(${parameter})`;
      case 'decimal':
        return `CAST(${parameter} AS DECIMAL(65, 30))`;
      default:
        // MySQL compares a number with a text as floating-point numbers, which have 53 bits.
        if (!type.endsWith('int')) return parameter;
        return `CAST(${parameter} AS ${isUnsigned ? 'UNSIGNED' : 'SIGNED'})`;
    }
  },

  comparable: (column) => `${column} IS NOT NULL`,

  // Row values would be compared without the index.
  compared: (columns, operator) => {
    const strict = operator === '>' ? '>' : '<';
    return columns
      .map(({ column, value }) => ({ column, value, condition: `${column} ${operator} ${value}` }))
      .reduceRight(({ condition: later }, { column, value }) => ({
        column,
        value,
        condition: `(${column} ${strict}= ${value} AND (${column} ${strict} ${value} OR ${later}))`,
      })).condition;
  },

  isFuture: (column, minutes) => `${column} > NOW(6) + INTERVAL ${minutes} MINUTE`,

  storedTypeOf: undefined,

  zones,
};

/** The text of a `timestamp` is seconds since the epoch: see `textOf`. */
function instantOf(seconds: string): Date {
  const [whole, decimals = ''] = seconds.split('.');
  return new Date(Number(whole) * 1_000 + Number(decimals.slice(0, 3).padEnd(3, '0')));
}
