import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/**
 * The different values of the first column of an index, one jump along the index for each: however many rows
 * have a value, they are not read.
 *
 * @internal
 */
export async function leadingValues<Entity extends ObjectLiteral>(
  manager: EntityManager,
  entity: EntityTarget<Entity>,
  column: keyof Entity & string,
): Promise<string[]> {
  const values: string[] = [];
  for (;;) {
    const query = manager.createQueryBuilder(entity, 'row').select(`MIN(row.${column})`, 'value');
    const last = values.at(-1);
    if (last !== undefined) query.where(`row.${column} > :last`, { last });
    const found = await query.getRawOne<{ value: string | null }>();
    if (found === undefined || found.value === null) return values;
    values.push(found.value);
  }
}
