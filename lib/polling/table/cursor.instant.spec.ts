import { Column, DataSource, Entity, PrimaryColumn, type DataSourceOptions } from 'typeorm';
import {
  describeOnDatabases,
  SERVERS,
  type TestDatabase,
} from '../../../test/support/databases.js';
import { createSqlDatabase } from '../../database/database.factory.js';
import { CursorInstant } from './cursor.instant.js';
import { KeysetQuery } from './keyset.query.js';
import { PolledTable } from './polled.table.js';

@Entity('moment')
class Moment {
  @PrimaryColumn('integer')
  id!: number;

  // One that says nothing of what the column means.
  @Column('datetime', { transformer: { from: (date: Date) => date, to: (date: Date) => date } })
  at!: Date;

  @Column('date')
  day!: string;

  @Column('integer')
  version!: number;

  @Column('integer', {
    transformer: {
      from: (seconds: number) => new Date(seconds * 1_000),
      to: (date: Date) => date.getTime() / 1_000,
    },
  })
  epoch!: Date;
}

function instantOf(dataSource: DataSource, entity: typeof Moment, property: string): CursorInstant {
  const table = new PolledTable(createSqlDatabase(dataSource), dataSource.getMetadata(entity));
  return new CursorInstant(table, table.columnOf(property)!);
}

describe('CursorInstant on SQLite', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await new DataSource({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [Moment],
    }).initialize();
  });

  afterAll(() => dataSource.destroy());

  it.each([
    ["of SQLite's datetime()", '2026-01-01 10:00:00', '2026-01-01T10:00:00.999Z'],
    ['of TypeORM', '2026-01-01 10:00:00.000', '2026-01-01T10:00:00.000Z'],
    ['of toISOString()', '2026-01-01T10:00:00.250Z', '2026-01-01T10:00:00.250Z'],
    ['with microseconds', '2026-01-01 10:00:00.123789', '2026-01-01T10:00:00.123Z'],
    ['with tenths of a second', '2026-01-01 10:00:00.5', '2026-01-01T10:00:00.599Z'],
    ['without seconds', '2026-01-01 10:00', '2026-01-01T10:00:59.999Z'],
    ['with a zone', '2026-01-01T10:00:00.000+09:00', '2026-01-01T01:00:00.000Z'],
  ])('F-20 takes a text %s for an instant', (_, text, expected) => {
    const at = new Date('2026-01-01T10:00:00');
    expect(instantOf(dataSource, Moment, 'at').of({ at }, text, {})?.toISOString()).toBe(expected);
  });

  it.each([
    ['a day', '2026-01-01'],
    ['a year', '2024'],
    ['a date in words', 'March 7, 2026 10:00:00'],
    ['milliseconds', '1767225600000'],
    ['a Julian day', '2461041.5'],
    ['a month that does not exist', '2026-13-01 10:00:00'],
    ['a name', 'now'],
  ])('F-20 takes %s for none', (_, text) => {
    expect(instantOf(dataSource, Moment, 'at').of({}, text, {})).toBeUndefined();
  });

  it('F-20 takes a number for none, unless the host makes a date of it', () => {
    expect(instantOf(dataSource, Moment, 'version').of({ version: 7 }, '7', {})).toBeUndefined();
    const epoch = instantOf(dataSource, Moment, 'epoch');
    expect(epoch.of({ epoch: new Date(7_000) }, '7', {})).toEqual(new Date(7_000));
    expect(epoch.of({ epoch: new Date(Number.NaN) }, '7', {})).toBeUndefined();
    expect(epoch.of({}, '7', {})).toBeUndefined();
  });

  it('F-20 doubts days, and nothing else', async () => {
    expect(await instantOf(dataSource, Moment, 'day').doubt()).toMatch(/'day' holds days/);
    for (const property of ['at', 'version', 'epoch']) {
      expect(await instantOf(dataSource, Moment, property).doubt()).toBeUndefined();
    }
  });
});

describeOnDatabases(
  'CursorInstant',
  (kind) => {
    const isPostgres = kind.name === 'PostgreSQL';
    const type = isPostgres ? 'timestamptz' : 'datetime';

    @Entity('precise')
    class Precise {
      @PrimaryColumn('integer')
      id!: number;

      @Column({ type, precision: 0 })
      seconds!: Date;

      @Column({ type, precision: 6, select: false })
      micros!: Date;
    }

    let database: TestDatabase;
    let dataSource: DataSource;

    beforeAll(async () => {
      database = await kind.create();
      const options = { ...database.options, entities: [Precise] } as DataSourceOptions;
      dataSource = await new DataSource(options).initialize();
    });

    afterAll(async () => {
      await dataSource.destroy();
      await database.drop();
    });

    it('F-20 takes whole seconds for their end, and reads what is not selected', async () => {
      const rows = ['10:00:00', '10:00:00.250789'].map(
        (time, id) => `(${id}, '2026-01-01 10:00:00', '2026-01-01 ${time}')`,
      );
      await dataSource.query(`INSERT INTO precise (id, seconds, micros) VALUES ${rows.join(', ')}`);
      const table = new PolledTable(createSqlDatabase(dataSource), dataSource.getMetadata(Precise));
      const timesOf = async (property: string): Promise<unknown[]> => {
        const query = new KeysetQuery(table, table.columnOf(property)!, [table.columnOf('id')!]);
        const page = await query.page({ after: null, reached: null, mark: null, limit: 2 });
        return page.rows.map(({ occurredAt }) => occurredAt?.toISOString());
      };
      expect(await timesOf('seconds')).toEqual(Array(2).fill('2026-01-01T10:00:00.999Z'));
      // TypeORM has MySQL write whole seconds into a column that can hold more.
      const whole = isPostgres ? '2026-01-01T10:00:00.000Z' : '2026-01-01T10:00:00.999Z';
      expect(await timesOf('micros')).toEqual([whole, '2026-01-01T10:00:00.250Z']);
    });
  },
  SERVERS,
);
