import type { EventEmitter } from 'node:events';
import { DataSource } from 'typeorm';
import { isAvailable, POSTGRES } from '../../../test/support/services.js';
import { createSqlDatabase } from '../database.factory.js';
import { PostgresDatabase } from './postgres.database.js';

/** The part of `pg`'s pool that is used here. */
interface Pool {
  connect(
    callback: (error: unknown, client: EventEmitter, release: (error: Error) => void) => void,
  ): void;
}

const describeOnPostgres = isAvailable(POSTGRES) ? describe : describe.skip;

describeOnPostgres(PostgresDatabase.name, () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await new DataSource({ type: 'postgres', url: POSTGRES.url }).initialize();
  });

  afterAll(() => dataSource.destroy());

  it('survives a server that ends a connection while the pool hands it over', async () => {
    const database = createSqlDatabase(dataSource);
    const { master } = dataSource.driver as unknown as { master: Pool };
    const ended = new Error('terminating connection due to administrator command');
    // This one is in use, so that the pool must open another.
    const runner = dataSource.createQueryRunner();
    await runner.connect();
    const emitted = await new Promise<unknown>((resolve) => {
      master.connect((_, client, release) => {
        try {
          // Before the caller can listen for errors.
          resolve(client.emit('error', ended));
        } catch (error) {
          resolve(error);
        } finally {
          release(ended);
        }
      });
    });
    expect(emitted).toBe(true);
    await runner.release();
    expect(await database.currentTimeMs()).toBeGreaterThan(0);
  });

  it.each([{ poolSize: 4, extra: { max: 2 } }, { poolSize: 4 }, { extra: { max: 2 } }, {}])(
    'knows how many connections its pool opens (%j)',
    async (options) => {
      const other = await new DataSource({
        type: 'postgres',
        url: POSTGRES.url,
        ...options,
      }).initialize();
      const { master } = other.driver as unknown as { master: { options: { max: number } } };
      expect(createSqlDatabase(other)).toMatchObject({ poolSize: master.options.max });
      await other.destroy();
    },
  );
});
