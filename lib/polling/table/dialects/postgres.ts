import { rowValuesCompared } from './row-values.js';
import type { TableDialect, ZoneDialect } from './table.dialect.js';
import { utcText } from './utc-text.js';

const WITH_ZONE = 'timestamp with time zone';

const zones: ZoneDialect = {
  isZoneLess: (type) => type !== WITH_ZONE,

  present: 'SELECT LOCALTIMESTAMP AS here, CAST(extract(epoch FROM now()) AS text) AS epoch',

  epochOf: (column, precision) => {
    const seconds = `CAST(extract(epoch FROM CAST(${column} AS timestamptz)) AS numeric)`;
    return `CAST(round(${seconds}, ${precision ?? 6}) AS text)`;
  },

  secondsOf: (epoch) => epoch,

  moment: (text) => `CAST('${text}' AS timestamp)`,

  utcTextOf: utcText,

  cure: 'Give it the type timestamptz, run the process in the time zone of the database',
};

/** @internal */
export const POSTGRES: TableDialect = {
  isUnordered: () => false,

  textOf: (column, { type }) => {
    switch (type) {
      case WITH_ZONE:
        return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
      case 'timestamp without time zone':
        return `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.US')`;
      case 'date':
        return `to_char(${column}, 'YYYY-MM-DD')`;
      default:
        return `CAST(${column} AS text)`;
    }
  },

  fromText: (parameter) => parameter,

  // Infinite dates would end every poll for good; NULL is in neither range.
  comparable: (column, { kind }) =>
    kind === 'date'
      ? `${column} > '-infinity' AND ${column} < 'infinity'`
      : `${column} IS NOT NULL`,

  compared: rowValuesCompared,

  isFuture: (column, minutes, { type }) =>
    type === WITH_ZONE
      ? `${column} > now()`
      : `${column} > LOCALTIMESTAMP + INTERVAL '${minutes} minutes'`,

  storedTypeOf: undefined,

  zones,
};
