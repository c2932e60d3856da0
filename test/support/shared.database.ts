import type { Type } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { webhookEntities } from '../../lib/module/webhook.entities.js';
import type { DatabaseKind, TestDatabase } from './databases.js';

/**
 * One database for all tests of a suite, whose tables are empty before each of them. Creating a database and
 * its tables takes far longer than most tests.
 *
 * Applications that a suite shares, too, belong in a `describe` inside: Jest drops the database after them.
 */
export class SharedDatabase {
  private database: TestDatabase | undefined;

  /** @param entities those of the host, views included */
  constructor(kind: DatabaseKind, entities: readonly Type[] = []) {
    let dataSource: DataSource;
    beforeAll(async () => {
      this.database = await kind.create();
      dataSource = await new DataSource({
        ...this.database.options,
        entities: [...webhookEntities, ...entities],
      } as DataSourceOptions).initialize();
    });
    beforeEach(() => clear(dataSource));
    afterAll(async () => {
      await dataSource?.destroy();
      await this.database?.drop();
    });
  }

  /** The options of an application's data source. The tables exist already. */
  get options(): TestDatabase['options'] {
    return { ...this.database!.options, synchronize: false };
  }
}

/** Uses DELETE: servers take longer to truncate a small table. */
async function clear(dataSource: DataSource): Promise<void> {
  for (const { tableType, tablePath } of dataSource.entityMetadatas) {
    if (tableType !== 'regular') continue;
    const table = tablePath.split('.').map((part) => dataSource.driver.escape(part));
    await dataSource.query(`DELETE FROM ${table.join('.')}`);
  }
}
