import { DataSource, EntitySchema, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { createSqlDatabase } from '../../lib/database/database.factory.js';
import { ServerDatabase } from '../../lib/database/server.database.js';
import {
  describeOnDatabases,
  SERVERS,
  type DatabaseKind,
  type TestDatabase,
} from '../support/databases.js';

interface Row {
  readonly id: number;
}

const RowEntity = new EntitySchema<Row>({
  name: 'abandoned_row',
  columns: { id: { type: 'integer', primary: true } },
});

describeOnDatabases('An abandoned connection', suite, SERVERS);

function suite(kind: DatabaseKind): void {
  const slowly = kind.name === 'PostgreSQL' ? 'SELECT pg_sleep(600)' : 'SELECT SLEEP(600)';
  let testDatabase: TestDatabase;
  let dataSource: DataSource;
  let database: ServerDatabase;

  beforeEach(async () => {
    testDatabase = await kind.create();
    // A pool of one: the next caller gets another connection, or waits forever.
    dataSource = await new DataSource({
      ...testDatabase.options,
      poolSize: 1,
      entities: [RowEntity],
      synchronize: true,
    } as DataSourceOptions).initialize();
    database = createSqlDatabase(dataSource) as ServerDatabase;
    expect(database.poolSize).toBe(1);
  });

  afterEach(async () => {
    await dataSource.destroy();
    await testDatabase.drop();
  });

  const begin = async (): Promise<QueryRunner> => {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.manager.insert(RowEntity, { id: 1 });
    return runner;
  };
  const rows = (): Promise<Row[]> => dataSource.getRepository(RowEntity).find();

  it('F-1 commits neither the running statement nor the queued ones', async () => {
    const runner = await begin();
    const repository = runner.manager.getRepository(RowEntity);
    const running = runner.query(slowly);
    const queued = [
      runner.query('ROLLBACK'),
      runner.manager.insert(RowEntity, { id: 2 }),
      repository.save({ id: 3 }),
    ];
    const settled = Promise.allSettled([running, ...queued]);
    database.abandon(runner);
    const late = await Promise.allSettled([
      repository.save({ id: 4 }),
      runner.query('COMMIT'),
      database.within(
        runner.manager,
        (function* () {
          yield { sql: `INSERT INTO ${database.table(RowEntity)} VALUES (5)`, parameters: [] };
        })(),
      ),
    ]);
    expect((await settled).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(late.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(await rows()).toEqual([]);
  });

  it('F-1 stops its statement, and frees its locks', async () => {
    const runner = await begin();
    const running = runner.query(slowly).catch((error: unknown) => error);
    database.abandon(runner);
    // Waits for the lock on the row that the transaction has inserted.
    await dataSource.getRepository(RowEntity).insert({ id: 1 });
    expect(await running).toBeInstanceOf(Error);
    expect(await rows()).toEqual([{ id: 1 }]);
  });

  it('F-1 cannot return to the pool, and is replaced by another', async () => {
    const runner = await begin();
    database.abandon(runner);
    database.abandon(runner);
    await runner.release();
    const one = dataSource.createQueryRunner();
    await one.connect();
    await runner.release();
    await expect(runner.query('SELECT 1')).rejects.toThrow('released');
    expect(await one.query('SELECT 1 AS one')).toMatchObject([
      { one: expect.anything() as unknown },
    ]);
    await one.release();
    expect(await rows()).toEqual([]);
  });

  it('F-1 returns to the pool unused if the runner was still waiting for it', async () => {
    const first = await begin();
    const second = dataSource.createQueryRunner();
    const connected = second.connect();
    database.abandon(second);
    await first.commitTransaction();
    await first.release();
    await connected;
    expect(await rows()).toEqual([{ id: 1 }]);
    await expect(second.query('SELECT 1')).rejects.toThrow('released');
  });
}
