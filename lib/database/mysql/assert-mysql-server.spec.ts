import { DataSource, type DataSourceOptions } from 'typeorm';
import { isAvailable, MYSQL } from '../../../test/support/services.js';
import { assertMysqlServer } from './assert-mysql-server.js';
import { createSqlDatabase } from '../database.factory.js';

const describeOnMysql = isAvailable(MYSQL) ? describe : describe.skip;

describeOnMysql(assertMysqlServer.name, () => {
  /** Looks at sessions with these options, after a statement in each of them. */
  const look = async (options: object, statement = 'DO 1'): Promise<unknown> => {
    const dataSource = await new DataSource({
      type: MYSQL.type,
      url: MYSQL.url,
      poolSize: 1,
      ...options,
    } as DataSourceOptions).initialize();
    try {
      await dataSource.query(statement);
      return await assertMysqlServer(createSqlDatabase(dataSource)).catch(
        (error: Error) => error.message,
      );
    } finally {
      await dataSource.destroy();
    }
  };

  it('lets the defaults of the driver and the server pass', async () => {
    expect(await look({})).toBeUndefined();
  });

  it.each<[string, object, string | undefined, RegExp]>([
    [
      'the type of the other product',
      { type: MYSQL.type === 'mysql' ? 'mariadb' : 'mysql' },
      undefined,
      /type is '(mysql|mariadb)', and its server is (MariaDB|MySQL).*Set `type: '(mariadb|mysql)'`/,
    ],
    [
      'a character set that cannot hold every text',
      { charset: 'latin1' },
      undefined,
      /character set 'latin1'.*'utf8mb4'/,
    ],
    ['a lax mode', {}, "SET SESSION sql_mode = ''", /not in strict mode.*STRICT_TRANS_TABLES/],
    [
      'literal backslashes',
      {},
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES'",
      /backslashes literally.*Remove NO_BACKSLASH_ESCAPES/,
    ],
  ])('refuses %s, and says the cure', async (_, options, statement, message) => {
    expect(await look(options, statement)).toMatch(message);
  });
});
