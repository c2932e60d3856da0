import type { EntityMetadata } from 'typeorm';
import { DriverUtils } from 'typeorm/driver/DriverUtils.js';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import type { SqlDatabase } from '../../database/sql-database.js';
import type { TableDialect } from './dialects/table.dialect.js';
import { tableDialectOf } from './dialects/table-dialect-of.js';
import { KeysetColumn } from './keyset.column.js';

/**
 * A table or view of the host that is polled, and the database that it is in.
 *
 * @internal
 */
export class PolledTable {
  readonly dialect: TableDialect;

  constructor(
    readonly database: SqlDatabase,
    readonly metadata: EntityMetadata,
  ) {
    this.dialect = tableDialectOf(database);
  }

  get isView(): boolean {
    return this.metadata.tableType === 'view';
  }

  /** A column of the table by its property; `undefined` where there is none. */
  columnOf(property: unknown): KeysetColumn | undefined {
    const column = this.metadata.columns.find(
      ({ propertyPath, isVirtual, isVirtualProperty }) =>
        propertyPath === property && !isVirtual && !isVirtualProperty,
    );
    return column && this.column(column);
  }

  column(metadata: ColumnMetadata): KeysetColumn {
    return new KeysetColumn(this.database.dataSource.driver, this.dialect, metadata);
  }

  /** The name under which TypeORM selects a column. */
  selectedAs({ databaseName }: ColumnMetadata, alias: string): string {
    return DriverUtils.buildAlias(this.database.dataSource.driver, undefined, alias, databaseName);
  }
}
