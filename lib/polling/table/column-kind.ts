/** What a column holds, as far as its text and its use as a cursor depend on it. */
export type ColumnKind = 'date' | 'number' | 'text';

const NUMBER_TYPE =
  /^((tiny|small|medium|big)?int(eger|[248])?|unsigned big int|numeric|decimal|real|float|double( precision)?)$/;

const DATE_TYPE = /^(date|datetime|timestamp( with(out)? time zone)?)$/;

/**
 * @param type the driver's name for the type of a column
 * @internal
 */
export function columnKindOf(type: string): ColumnKind {
  if (NUMBER_TYPE.test(type)) return 'number';
  return DATE_TYPE.test(type) ? 'date' : 'text';
}
