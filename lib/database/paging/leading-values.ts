import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * The different values of the first column of an index, one jump along the index for each: however many rows
 * have a value, they are not read.
 *
 * @param most values at most
 * @internal
 */
export async function leadingValues<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  column: keyof Entity & string,
  most = Infinity,
): Promise<string[]> {
  const values: string[] = [];
  while (values.length < most) {
    const query = manager.createQueryBuilder(entity, 'row').select(`MIN(row.${column})`, 'value');
    // PostgreSQL uses an index over some of the rows only where the condition says so.
    query.where(`row.${column} IS NOT NULL`);
    const last = values.at(-1);
    if (last !== undefined) query.andWhere(`row.${column} > :last`, { last });
    const found = await query.getRawOne<{ value: string | null }>();
    if (found === undefined || found.value === null) return values;
    values.push(found.value);
  }
  return values;
}
