import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/**
 * A filter by the values of columns; those that are `undefined` do not filter.
 *
 * @returns `undefined` where nothing filters
 * @internal
 */
export function equalTo<Entity extends ObjectLiteral>(
  values: Readonly<Partial<Record<keyof Entity & string, unknown>>>,
): ((query: SelectQueryBuilder<Entity>) => void) | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  if (given.length === 0) return undefined;
  return (query) => {
    for (const [column, value] of given) {
      query.andWhere(`row.${column} = :${column}`, { [column]: value });
    }
  };
}
