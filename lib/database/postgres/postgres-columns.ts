import { PostgresArray, type PostgresArrayType } from './postgres-array.js';
import { fewRows } from './postgres-plan.js';

/** The type of a column, and how to get its value from an item. */
type Column<Item> = readonly [
  type: PostgresArrayType,
  value: (item: Item) => string | number | null,
];

/**
 * Items as rows of a statement: one array for each column, which `unnest` turns into rows again. The
 * statement is the same for any number of items.
 *
 * @internal
 */
export class PostgresColumns<Item> {
  /** The names, separated by commas. */
  readonly names: string;
  readonly count: number;
  private readonly columns: readonly Column<Item>[];

  /** @param byName in the order of the parameters */
  constructor(private readonly byName: Readonly<Record<string, Column<Item>>>) {
    this.names = Object.keys(byName).join(', ');
    this.columns = Object.values(byName);
    this.count = this.columns.length;
  }

  /** Some of the columns, for a statement that takes no more. */
  only(...names: readonly string[]): PostgresColumns<Item> {
    return this.those((name) => names.includes(name));
  }

  /** All but some of the columns. */
  without(...names: readonly string[]): PostgresColumns<Item> {
    return this.those((name) => !names.includes(name));
  }

  /**
   * `unnest(…) AS alias(…)`, for a FROM.
   *
   * @param alias what the statement calls a row
   * @param first number of the first parameter
   */
  rows(alias: string, first = 1): string {
    const arrays = this.columns.map(([type], index) => `$${first + index}::${type}[]`);
    return `unnest(${arrays.join(', ')}) AS ${alias}(${this.names})`;
  }

  /**
   * The same rows, for a FROM that looks each of them up in a table.
   *
   * @param alias what the statement calls a row
   */
  keys(alias: string): string {
    const [first = ''] = this.names.split(', ');
    return `(SELECT * FROM ${this.rows('item')} WHERE ${fewRows(`item.${first}`)}) AS ${alias}`;
  }

  parameters(items: readonly Item[]): PostgresArray[] {
    return this.columns.map(([type, value]) => new PostgresArray(type, items.map(value)));
  }

  private those(isWanted: (name: string) => boolean): PostgresColumns<Item> {
    return new PostgresColumns(
      Object.fromEntries(Object.entries(this.byName).filter(([name]) => isWanted(name))),
    );
  }
}
