import type { EntityManager, ObjectLiteral } from 'typeorm';
import { equalTo } from './equal-to.js';
import type { KeysetList } from './keyset.list.js';

/**
 * Reads the one row of a list that has these values, which are a key.
 *
 * @internal
 */
export async function readOne<Entity extends ObjectLiteral, View>(
  manager: EntityManager,
  { entity, columns, toView }: Pick<KeysetList<Entity, View>, 'entity' | 'columns' | 'toView'>,
  key: Readonly<Partial<Record<keyof Entity & string, string>>>,
): Promise<View | undefined> {
  const query = manager
    .createQueryBuilder(entity, 'row')
    .select(columns.map((column) => `row.${column}`));
  equalTo<Entity>(key)?.(query);
  const row = await query.getOne();
  return row === null ? undefined : toView(row);
}
