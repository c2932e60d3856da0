import { Inject, Injectable } from '@nestjs/common';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { Clock } from '../clock/clock.js';
import { Occurrences } from '../telemetry/occurrences.js';
import { DATABASE_CLOCK } from '../database/database.clock.js';
import { SqlDatabase } from '../database/sql-database.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import { ApiReader, type ApiPollMethod } from './api/api.reader.js';
import { assertKey } from './table/key.check.js';
import type { KeysetColumn } from './table/keyset.column.js';
import { KeysetQuery } from './table/keyset.query.js';
import type { PageReader } from './page.reader.js';
import type { PollMetadata } from './poll-metadata.accessor.js';
import {
  resolvePollOptions,
  TABLE_OPTION_NAMES,
  type ResolvedPollOptions,
} from './poll.options.js';
import type { Poller } from './poller.js';
import type { RowPollMethod } from './table/row.mapper.js';
import { PolledTable } from './table/polled.table.js';
import { TableReader } from './table/table.reader.js';

/**
 * Makes a poller of a method and the options of its `@Poll`, and checks them.
 *
 * @internal
 */
@Injectable()
export class PollerFactory {
  constructor(
    private readonly database: SqlDatabase,
    private readonly occurrences: Occurrences,
    @Inject(DATABASE_CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param where the method, such as `GamePoints.changed`
   * @param metadata the options of its `@Poll`
   * @param method the method, bound to its instance
   * @throws {ConfigurationError} that names the poller and the option
   */
  create(
    where: string,
    metadata: PollMetadata,
    method: (...args: unknown[]) => Promise<unknown>,
  ): Poller {
    const options = resolvePollOptions(where, metadata);
    const { name, schedule, catchUp, timeoutMs, onRowError } = options;
    const of = `@Poll('${name}')`;
    const reader =
      options.entity === undefined
        ? this.apiReader(of, name, metadata, method as ApiPollMethod)
        : this.tableReader(of, options, method as RowPollMethod);
    return { name, schedule, reader, catchUp, timeoutMs, parkAfter: onRowError.parkAfter };
  }

  private apiReader(of: string, name: string, given: object, method: ApiPollMethod): PageReader {
    const stray = TABLE_OPTION_NAMES.find((option) => Object.hasOwn(given, option));
    if (stray !== undefined) {
      throw ConfigurationError.because(
        `${of}.entity`,
        `${of} has the option \`${stray}\`, but no entity.`,
        'Set `entity`. Where it is set, its class was not loaded yet: look for modules that import each other.',
      );
    }
    return new ApiReader(name, method);
  }

  private tableReader(of: string, options: ResolvedPollOptions, method: RowPollMethod): PageReader {
    const { name, start, pageSize, maxRows, lookBackMs } = options;
    const table = this.tableOf(of, options.entity);
    const cursor = this.column(of, 'cursor', options.cursor, table);
    const key = this.keyOf(of, options.key, table);
    const query = new KeysetQuery(table, cursor, key);
    const dedupeBy = options.dedupeBy ?? defaultDedupeBy(cursor);
    const reading = { start, pageSize, maxRows, lookBackMs, dedupeBy };
    return new TableReader(name, query, method, reading, this.clock, (reason) =>
      this.occurrences.publish({ kind: 'poll.held-up', poller: name, reason }),
    );
  }

  private tableOf(of: string, entity: unknown): PolledTable {
    const { dataSource } = this.database;
    const target = entity as EntityTarget<ObjectLiteral>;
    if (!dataSource.hasMetadata(target)) {
      throw ConfigurationError.because(
        `${of}.entity`,
        `The entity of ${of} is not known to the data source.`,
        'Add it to `entities` of TypeOrmModule.forRoot, or to TypeOrmModule.forFeature with `autoLoadEntities`.',
      );
    }
    const metadata = dataSource.getMetadata(target);
    if (metadata.primaryColumns.length > 0) return new PolledTable(this.database, metadata);
    throw ConfigurationError.because(
      `${of}.entity`,
      `The entity of ${of} has no primary column, so its rows cannot be told apart.`,
      'Mark one with @PrimaryColumn.',
    );
  }

  private keyOf(of: string, given: unknown, table: PolledTable): readonly KeysetColumn[] {
    const properties: readonly unknown[] =
      Array.isArray(given) && given.length > 0 ? given : [given];
    const key = properties.map((property) => this.column(of, 'key', property, table));
    assertKey(of, key, table.metadata);
    return key;
  }

  private column(
    of: string,
    option: 'cursor' | 'key',
    property: unknown,
    table: PolledTable,
  ): KeysetColumn {
    const column = table.columnOf(property);
    if (column === undefined) {
      const { columns, name } = table.metadata;
      const names = columns.map(({ propertyPath }) => propertyPath).join(', ');
      throw typeof property === 'string'
        ? ConfigurationError.because(
            `${of}.${option}`,
            `The ${option} '${property}' of ${of} is not a column of ${name}.`,
            `Its columns are: ${names}.`,
          )
        : ConfigurationError.invalidOption(
            `${of}.${option}`,
            option === 'key' ? 'the name of a column, or a list of some' : 'the name of a column',
            property,
            `Name one of the columns of ${name}: ${names}.`,
          );
    }
    if (column.isOrdered) return column;
    throw ConfigurationError.because(
      `${of}.${option}`,
      `The ${option} '${column.metadata.propertyPath}' of ${of} has a type that the database cannot order rows by.`,
      'Name a column that holds a number, a date or a text.',
    );
  }
}

/** Several changes can share a date; a date that is set once and never updated is as good as a number. */
function defaultDedupeBy({ kind, metadata }: KeysetColumn): 'cursor' | 'content' {
  const isFixed = metadata.isCreateDate || !metadata.isUpdate || metadata.isPrimary;
  return kind === 'date' && !isFixed ? 'content' : 'cursor';
}
