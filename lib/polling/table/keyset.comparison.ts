import type { ObjectLiteral } from 'typeorm';
import type { TableDialect } from './dialects/table.dialect.js';
import type { KeysetColumn } from './keyset.column.js';
import { keyTexts, type RowPosition, type StartPosition } from './row-position.js';

/**
 * The order of (cursor, key) as conditions of SQL: where a row stands, seen from a position in the parameters
 * `<position>0` (its cursor), `<position>1` and so on (its key).
 *
 * @internal
 */
export class KeysetComparison {
  private readonly columns: readonly KeysetColumn[];

  constructor(
    private readonly dialect: TableDialect,
    private readonly cursor: KeysetColumn,
    private readonly key: readonly KeysetColumn[],
    private readonly alias: string,
  ) {
    this.columns = [cursor, ...key];
  }

  /** The SQL condition that a row lies beyond, or not beyond, the position. */
  compared(operator: '>' | '<=', position: string): string {
    const columns = this.columns.map((column, index) => ({
      column: column.of(this.alias),
      value: column.fromText(`:${position}${index}`),
    }));
    return this.dialect.compared(columns, operator);
  }

  /** The SQL condition that a row's cursor has reached that of the position. */
  reached(position: string): string {
    return `${this.cursor.of(this.alias)} >= ${this.cursor.fromText(`:${position}0`)}`;
  }

  /** The SQL condition that a row has no place in the order. */
  keyless(): string {
    return `(${this.key.map((column) => `${column.of(this.alias)} IS NULL`).join(' OR ')})`;
  }

  parametersOf(position: string, { value, key }: RowPosition): ObjectLiteral {
    return named(position, [value, ...keyTexts(key, this.key.length)]);
  }

  /** Whether a position has the form of this table's. */
  accepts({ value, key }: StartPosition): boolean {
    const texts = key === null ? [] : textsOf(key, this.key.length);
    if (key !== null && texts.length !== this.key.length) return false;
    return this.columns.every(({ kind }, index) => {
      const text = [value, ...texts][index];
      return (
        text === undefined || kind !== 'number' || (text !== '' && !Number.isNaN(Number(text)))
      );
    });
  }
}

/** Values as the parameters `<name>0`, `<name>1` and so on. */
export function named(name: string, values: readonly string[]): ObjectLiteral {
  return Object.fromEntries(values.map((value, index) => [`${name}${index}`, value]));
}

/** The texts of a key that the host has given; none where it has another form. */
function textsOf(key: string, columns: number): readonly string[] {
  try {
    const texts: unknown = keyTexts(key, columns);
    return Array.isArray(texts) && texts.every((text) => typeof text === 'string') ? texts : [];
  } catch {
    return [];
  }
}
