import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Restricts a query. */
export type QueryFilter<Entity extends ObjectLiteral> = (query: SelectQueryBuilder<Entity>) => void;

/**
 * One filter in place of several; `undefined` if none is given.
 *
 * @internal
 */
export function allOf<Entity extends ObjectLiteral>(
  ...filters: readonly (QueryFilter<Entity> | undefined)[]
): QueryFilter<Entity> | undefined {
  const given = filters.filter((filter) => filter !== undefined);
  if (given.length < 2) return given[0];
  return (query) => {
    for (const filter of given) filter(query);
  };
}
