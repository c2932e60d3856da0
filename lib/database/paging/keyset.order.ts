import type { SelectQueryBuilder, ObjectLiteral } from 'typeorm';
import type { ColumnKind, Position } from './cursor.js';

/** A column that a list is ordered by. */
export interface OrderColumn<Entity> {
  readonly column: keyof Entity & string;
  readonly kind: ColumnKind;
}

/**
 * An order that an index gives rows in. The last column tells rows apart that are equal in the others.
 *
 * @internal
 */
export interface KeysetOrder<Entity> {
  /** Tells its cursors from those of other orders. */
  readonly name: string;
  readonly columns: readonly [OrderColumn<Entity>, ...OrderColumn<Entity>[]];
  readonly direction: 'ASC' | 'DESC';
  /** Which rows the index holds, as a condition on `row`. @default all */
  readonly holds?: string;
  /** When the row at this position was made, ended or is due; `undefined` where its position has no time. */
  readonly instantOf?: (position: Position) => number;
}

/** The position of a row. */
export function positionOf<Entity>(order: KeysetOrder<Entity>, row: Entity): Position {
  return order.columns.map(({ column }) => row[column] as string | number);
}

/** Less than 0 where `a` comes before `b`. Texts are compared as ids are: by their code units. */
export function comparePositions<Entity>(
  { direction }: KeysetOrder<Entity>,
  a: Position,
  b: Position,
): number {
  const sign = direction === 'ASC' ? 1 : -1;
  for (const [index, value] of a.entries()) {
    const other = b[index];
    if (other !== undefined && value !== other) return value < other ? -sign : sign;
  }
  return 0;
}

/**
 * Restricts a query to what comes after a position, or up to one. Each column has a condition of its own,
 * so that every database finds the start by the index.
 */
export function restrict<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  { columns, direction }: KeysetOrder<Entity>,
  which: 'after' | 'upTo',
  position: Position,
): void {
  const onward = (which === 'after') === (direction === 'ASC') ? '>' : '<';
  const names = position.map((_, index) => `${which}${index}`);
  query.setParameters(Object.fromEntries(names.map((name, index) => [name, position[index]])));
  columns.forEach(({ column }, index) => {
    const isLast = index === columns.length - 1;
    const comparison = isLast && which === 'after' ? onward : `${onward}=`;
    const further = columns
      .slice(0, index)
      .map((before, at) => `row.${before.column} ${onward} :${names[at]}`);
    const conditions = [...further, `row.${column} ${comparison} :${names[index]}`];
    query.andWhere(`(${conditions.join(' OR ')})`);
  });
}
