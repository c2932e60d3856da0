import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { KeysetColumn } from './keyset.column.js';

/**
 * What SQLite has stored in the first and in the last row along a column; integers and reals are both numbers.
 *
 * @param rows begins a query for the rows
 * @internal
 */
export async function storedTypes(
  rows: () => SelectQueryBuilder<ObjectLiteral>,
  column: KeysetColumn,
  alias: string,
): Promise<readonly [first: string | undefined, last: string | undefined]> {
  const at = async (direction: 'ASC' | 'DESC'): Promise<string | undefined> => {
    const [row] = await rows()
      .select(`replace(typeof(${column.of(alias)}), 'real', 'integer')`, 'type')
      .orderBy(`${alias}.${column.metadata.propertyPath}`, direction)
      .limit(1)
      .getRawMany<{ type: string }>();
    return row?.type;
  };
  return [await at('ASC'), await at('DESC')];
}
