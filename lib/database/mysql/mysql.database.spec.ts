import { DataSource, type DataSourceOptions } from 'typeorm';
import { isAvailable, MYSQL } from '../../../test/support/services.js';
import { MysqlDatabase } from './mysql.database.js';
import type { Row, Steps } from '../statement.js';
import { DATABASE_OPTIONS } from '../database.options.js';
import { SystemClock } from '../../clock/system.clock.js';

const describeOnMysql = isAvailable(MYSQL) ? describe : describe.skip;

describeOnMysql(MysqlDatabase.name, () => {
  let dataSource: DataSource;
  let database: MysqlDatabase;

  beforeEach(async () => {
    // One connection: each transaction finds what the one before has left.
    dataSource = await new DataSource({
      type: MYSQL.type,
      url: MYSQL.url,
      poolSize: 1,
    } as DataSourceOptions).initialize();
    database = new MysqlDatabase(dataSource, DATABASE_OPTIONS.defaults, new SystemClock());
  });

  afterEach(() => dataSource.destroy());

  function* ask(sql: string, parameters: readonly unknown[] = []): Steps<readonly Row[]> {
    return yield { sql, parameters };
  }

  const run = (sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]> =>
    database.transaction(() => ask(sql, parameters));

  it('rolls back before it returns a connection to the pool', async () => {
    await expect(run('SELECT no_such_column')).rejects.toThrow(/no_such_column/);
    expect(await run('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const [open] = (await dataSource
      .query('SELECT @@in_transaction AS open')
      .catch(() => [{ open: 0 }])) as Row[];
    expect(Number(open?.['open'])).toBe(0);
  });

  it('continues with another connection when one was cut', async () => {
    const connection = (): Promise<unknown> =>
      run('SELECT CONNECTION_ID() AS id').then(([row]) => row?.['id']);
    const first = await connection();
    const cut: unknown = await run(`KILL ${String(first)}`).catch((error: unknown) => error);
    expect(database.isValueError(cut)).toBe(false);
    expect(await connection()).not.toBe(first);
  });

  it('runs a deadlocked transaction again, up to five times', async () => {
    let tries = 0;
    const give = (steps: number): Promise<number> => {
      tries = 0;
      return database.transaction(function* (): Steps<number> {
        tries++;
        if (tries < steps) {
          yield {
            sql: "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'deadlock'",
            parameters: [],
          };
        }
        return tries;
      });
    };
    expect(await give(5)).toBe(5);
    await expect(give(6)).rejects.toMatchObject({ errno: 1213 });
    expect(tries).toBe(5);
  });

  it('returns the number of changed rows if the statement asks for it', async () => {
    expect(
      await database.transaction(function* (): Steps<readonly Row[]> {
        yield { sql: 'CREATE TEMPORARY TABLE counted (id integer)', parameters: [] };
        return yield {
          sql: 'INSERT INTO counted VALUES (?), (?)',
          parameters: [1, 2],
          counted: true,
        };
      }),
    ).toEqual([{ changed: 2 }]);
  });

  it.each([
    ['a text that is too long', 'INSERT INTO kept (short) VALUES (?)', ['12345']],
    ['a number out of range', 'INSERT INTO kept (small) VALUES (?)', [300]],
    ['a NULL', 'INSERT INTO kept (short) VALUES (?)', [null]],
  ])('counts %s as an error of the value', async (_, sql, parameters) => {
    const error: unknown = await database
      .transaction(function* (): Steps<void> {
        yield {
          sql: 'CREATE TEMPORARY TABLE kept (short varchar(4) NOT NULL DEFAULT 0, small tinyint)',
          parameters: [],
        };
        yield { sql, parameters };
      })
      .catch((thrown: unknown) => thrown);
    expect(database.isValueError(error)).toBe(true);
    await run('DROP TEMPORARY TABLE kept');
  });

  it('does not count an error of the statement as one of the value', async () => {
    const error: unknown = await run('SELECT * FROM no_such_table').catch(
      (thrown: unknown) => thrown,
    );
    expect(database.isValueError(error)).toBe(false);
  });

  it('tells the time in whatever zone the session is', async () => {
    const times = [];
    for (const zone of ['+00:00', '-11:00', '+13:00']) {
      await dataSource.query(`SET SESSION time_zone = '${zone}'`);
      times.push(await database.currentTimeMs());
    }
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(60_000);
  });
});
