import Database from 'better-sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Account, add, ConflictApp } from './support/conflict.app.js';
import {
  describeOnDatabases,
  withPostgresSetting,
  type TestDatabase,
} from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';

/** What the driver of each database throws for a transaction that others were in the way of. */
const CONFLICTS: Readonly<Record<string, readonly object[]>> = {
  SQLite: [{ code: 'SQLITE_BUSY_SNAPSHOT' }],
  PostgreSQL: [{ code: '40001' }, { code: '40P01' }],
  MySQL: [{ errno: 1213 }, { errno: 1205 }],
};

describeOnDatabases('A conflict with another transaction', (kind) => {
  const database = new SharedDatabase(kind, [Account]);

  describe('of a handler or a rule', () => {
    const app = new ConflictApp(database);

    const expectQuiet = (): void => expect(app.complaints()).toEqual([]);

    describe.each(CONFLICTS[kind.name]!.map((thrown) => [JSON.stringify(thrown), thrown] as const))(
      '(%s)',
      (_, thrown) => {
        const conflict = (): Error =>
          Object.assign(new Error('another one was in the way'), thrown);

        it('F-5 is tried again at once, in the same attempt and without a word', async () => {
          app.handlers.work = async (manager, run) => {
            await add(manager, 1, 1);
            if (run < 3) throw conflict();
          };
          expect(await app.handle()).toMatchObject({
            state: 'completed',
            attempt: 1,
            lastError: null,
          });
          expect(app.handlers.attempts).toEqual([1, 1, 1]);
          expect((await app.accounts())[0]).toEqual({ id: 1, cents: 1 });
          expectQuiet();
        });

        it('F-5 is known when it is wrapped', async () => {
          app.handlers.work = async (_manager, run) => {
            if (run === 1) throw new Error('could not pay', { cause: { driverError: conflict() } });
          };
          expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
          expectQuiet();
        });

        it('F-5 of a rule is tried again at once, too', async () => {
          app.handlers.work = async (_manager, run) => {
            if (run < 3) throw conflict();
          };
          expect(await app.handle('judged')).toMatchObject({ state: 'completed', attempt: 1 });
          expect(app.handlers.tries).toBe(3);
          expectQuiet();
        });

        it('F-5 counts as a failure when it does not end', async () => {
          app.handlers.work = () => Promise.reject(conflict());
          expect(await app.handle()).toMatchObject({
            state: 'retryable',
            attempt: 1,
            lastError: expect.stringContaining('another one was in the way') as string,
          });
          expect(app.handlers.tries).toBe(5);
        });
      },
    );

    it('F-5 is not what other errors are: they count at once', async () => {
      app.handlers.work = () => Promise.reject(new Error('no such player'));
      expect(await app.handle()).toMatchObject({ state: 'retryable', attempt: 1 });
      expect(app.handlers.tries).toBe(1);
    });
  });

  // MySQL's transactions are READ COMMITTED, and its serializable ones lock.
  const hasSnapshots = kind.name !== 'MySQL';
  if (hasSnapshots) {
    describe('whose snapshot is out of date', () => {
      const app = new ConflictApp({
        get options() {
          return serializable(database.options);
        },
      });

      it('F-5 is tried again at once', async () => {
        app.handlers.work = async (manager, run) => {
          const { cents } = await manager.findOneByOrFail(Account, { id: 1 });
          if (run === 1) await changeElsewhere(database.options);
          await manager.update(Account, { id: 1 }, { cents: cents + 1 });
        };
        expect(await app.handle()).toMatchObject({ state: 'completed', attempt: 1 });
        expect(app.handlers.tries).toBe(2);
        expect((await app.accounts())[0]).toEqual({ id: 1, cents: 101 });
      });
    });
  }
});

/** PostgreSQL serializes where it is told to; SQLite always does. */
function serializable(options: TestDatabase['options']): TestDatabase['options'] {
  return withPostgresSetting(options, 'default_transaction_isolation=serializable');
}

/** As another process would. */
async function changeElsewhere(options: TestDatabase['options']): Promise<void> {
  const sql = 'UPDATE conflict_account SET cents = 100 WHERE id = 1';
  if (options.type === 'better-sqlite3') {
    const other = new Database(options.database);
    other.exec(sql);
    other.close();
    return;
  }
  const other = await new DataSource(options as DataSourceOptions).initialize();
  await other.query(sql);
  await other.destroy();
}
