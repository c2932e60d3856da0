import { DataSource, type DataSourceOptions } from 'typeorm';
import { describeOnDatabases, type TestDatabase } from '../../test/support/databases.js';
import { FakeClock } from '../../test/support/fake.clock.js';
import type { Clock } from '../clock/clock.js';
import { SystemClock } from '../clock/system.clock.js';
import { DatabaseClock } from './database.clock.js';
import { createSqlDatabase } from './database.factory.js';

const FIVE_MINUTES_MS = 300_000;

/** A machine whose clock is five minutes ahead. */
class AheadClock extends SystemClock {
  override now(): number {
    return super.now() + FIVE_MINUTES_MS;
  }
}

describeOnDatabases('DatabaseClock', (kind) => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let clock: DatabaseClock;

  const open = async (machine: Clock): Promise<void> => {
    clock = new DatabaseClock(machine, createSqlDatabase(dataSource));
    await clock.onModuleInit();
  };

  beforeEach(async () => {
    database = await kind.create();
    dataSource = await new DataSource(database.options as DataSourceOptions).initialize();
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    clock.onApplicationShutdown();
    await dataSource.destroy();
    await database.drop();
  });

  it('tells the time that all machines have in common', async () => {
    const machine = new AheadClock();
    await open(machine);
    const common = dataSource.options.type === 'better-sqlite3' ? machine : new SystemClock();
    // The database is on this machine, so its time is the correct one.
    const earliest = common.now() - 1_000;
    const now = clock.now();
    expect(now).toBeGreaterThan(earliest);
    expect(now).toBeLessThan(common.now() + 1_000);
  });

  it('takes a clock that the host has given as it is', async () => {
    const given = new FakeClock();
    await open(given);
    given.advance(12_345);
    expect(clock.now()).toBe(given.now());
  });

  it('asks again soon after an answer that took too long', async () => {
    const time = 1_700_000_000_000;
    const machine = new SystemClock();
    const delays: number[] = [];
    let next = (): void => undefined;
    jest.spyOn(machine, 'schedule').mockImplementation((callback, delayMs) => {
      delays.push(delayMs);
      next = callback;
      return () => undefined;
    });
    const sql = createSqlDatabase(dataSource);
    let answeredAt = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => answeredAt);
    jest.spyOn(sql, 'currentTimeMs').mockImplementationOnce(() => {
      answeredAt += 2_000;
      return Promise.resolve(time);
    });
    clock = new DatabaseClock(machine, sql);
    await clock.onModuleInit();
    expect(delays).toEqual([1_000]);
    // The time is from the middle of what the answer took: half of it was yet to pass.
    expect(clock.now()).toBe(time + 1_000);

    const answered = new Promise<void>((resolve) => {
      jest.spyOn(sql, 'currentTimeMs').mockImplementationOnce(() => {
        setImmediate(resolve);
        return Promise.resolve(time);
      });
    });
    next();
    await answered;
    expect(delays).toEqual([1_000, 30_000]);
    expect(clock.now()).toBe(time);
  });

  it('keeps telling the time while the database is unreachable', async () => {
    await open(new SystemClock());
    const before = clock.now();
    await dataSource.destroy();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    await dataSource.initialize();
  });
});
