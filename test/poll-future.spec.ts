import { Injectable, type Type } from '@nestjs/common';
import { Column, Entity, Index, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledEvent } from '../lib/polling/polled-event.js';
import { describeOnDatabases } from './support/databases.js';
import { NEVER, playersPoller } from './support/players.js';
import { PollApps, type PollHost } from './support/poll.apps.js';

const MINUTE_MS = 60_000;

/** Its cursor is that of the README. */
@Entity('account')
@Index(['updatedAt', 'id'])
class Account {
  @PrimaryColumn('integer')
  id!: number;

  @Column('integer')
  points!: number;

  @UpdateDateColumn()
  updatedAt!: Date;
}

@Injectable()
class Accounts {
  @Poll({
    name: 'players',
    cron: NEVER,
    entity: Account,
    cursor: 'updatedAt',
    key: 'id',
    start: 'beginning',
  })
  changed({ id }: Account): PolledEvent {
    return { type: 'points.updated', data: id };
  }
}

describeOnDatabases('A row dated in the future', (kind) => {
  const apps = new PollApps(kind, [Account]);

  const start = async (pollers: Type, source: object = {}): Promise<PollHost> =>
    (await apps.start(pollers, { source })).app;

  /** How many events were new to the inbox. */
  const run = async (app: PollHost): Promise<number> => {
    const result = await app.app.get(PollRegistry, { strict: false }).run('players');
    if (result.outcome !== 'done') throw new Error(JSON.stringify(result));
    return result.ignored;
  };

  const told = async (app: PollHost): Promise<number[]> => {
    const events = (await app.app.get(InboxService, { strict: false }).list()).items;
    return events.map(({ id }) => Number.parseInt(id, 10)).toReversed();
  };

  /** A time of the session, so many minutes from now. */
  const inMinutes = (minutes: number): string => {
    if (kind.name === 'PostgreSQL') return `LOCALTIMESTAMP + INTERVAL '${minutes} minutes'`;
    if (kind.name === 'MySQL') return `NOW(6) + INTERVAL ${minutes} MINUTE`;
    return `strftime('%Y-%m-%d %H:%M:%f', 'now', '${minutes} minutes')`;
  };

  const insert = (app: PollHost, table: string, id: number, minutes: number): Promise<unknown> => {
    const column = app.dataSource().driver.escape('updatedAt');
    return app
      .dataSource()
      .query(
        `INSERT INTO ${table} (id, points, ${column}) VALUES (${id}, 1, ${inMinutes(minutes)})`,
      );
  };

  /** Where the session, or on MySQL the driver, is in another zone than the process. */
  const inZone = (hours: number): object => {
    const options = apps.source;
    const zone = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
    if (options.type === 'mysql' || options.type === 'mariadb') return { timezone: zone };
    if (options.type !== 'postgres') return {};
    const { options: search } = options.extra as { options: string };
    return { extra: { options: `${search} -c timezone=<Z>${-hours}` } };
  };

  describe.each([0, 9, -8])('where process and database are %i hours apart', (hours) => {
    it.each([
      ['account', Accounts],
      ['player', playersPoller()],
    ])(
      'F-19 is reported once, an hour ahead in %s, and hides no later one',
      async (table, pollers) => {
        const app = await start(pollers, inZone(hours));
        await insert(app, table, 1, -60);
        await insert(app, table, 9, 60);
        expect(await run(app)).toBe(2);
        for (const id of [2, 3]) {
          apps.clock.advance(10 * MINUTE_MS);
          await insert(app, table, id, 0);
          expect(await run(app)).toBe(1);
          for (let round = 0; round < 3; round++) {
            apps.clock.advance(MINUTE_MS);
            expect(await run(app)).toBe(0);
          }
        }
        const other = await start(pollers, inZone(hours));
        expect(await run(other)).toBe(0);
        expect(await told(other)).toEqual([1, 9, 2, 3]);
      },
    );
  });

  if (kind.name !== 'SQLite') {
    it.each([
      { rows: 100, key: 'null', isRemembered: true },
      { rows: 10_100, key: '"10100"', isRemembered: false },
    ])(
      'F-19 by only one zone counts, up to 10,000 rows: %j',
      async ({ rows, key, isRemembered }) => {
        // The process writes times that are hours behind those of the session.
        const source = inZone(kind.name === 'PostgreSQL' ? 9 : -9);
        const seed = await start(playersPoller({ name: 'other' }), source);
        const column = seed.dataSource().driver.escape('updatedAt');
        const values = Array.from(
          { length: rows },
          (__, id) => `(${id + 1}, 1, ${inMinutes(-60)})`,
        );
        await seed
          .dataSource()
          .query(`INSERT INTO player (id, points, ${column}) VALUES ${values.join(', ')}`);
        const app = await start(playersPoller({ start: 'now' }), source);
        const { cursor, lookBack } = await app
          .dataSource()
          .getRepository(PollCursorEntity)
          .findOneByOrFail({ name: 'players' });
        expect(String(cursor)).toContain(key);
        expect('future' in (JSON.parse(lookBack!) as object)).toBe(isRemembered);
      },
    );
  }

  it('F-19 is settled with the others once its time has come', async () => {
    const app = await start(playersPoller());
    await insert(app, 'player', 1, -60);
    await insert(app, 'player', 9, 60);
    await run(app);
    const column = app.dataSource().driver.escape('updatedAt');
    const change = `UPDATE player SET ${column} = ${inMinutes(-1)} WHERE id = 9`;
    await app.dataSource().query(change);
    for (let round = 0; round < 3; round++) {
      apps.clock.advance(2 * MINUTE_MS);
      await run(app);
    }
    const { lookBack } = await app
      .dataSource()
      .getRepository(PollCursorEntity)
      .findOneByOrFail({ name: 'players' });
    expect(JSON.parse(lookBack!)).toMatchObject({ settled: { key: '9' } });
    expect(JSON.parse(lookBack!)).not.toHaveProperty('future');
  });

  it('F-19 is not reported where it was there before, however many there are', async () => {
    const seed = await start(playersPoller({ name: 'other' }));
    const column = seed.dataSource().driver.escape('updatedAt');
    const future = Array.from(
      { length: 500 },
      (_, id) => `(${1_000 + id}, 1, '2999-01-01 00:00:00')`,
    );
    await seed
      .dataSource()
      .query(`INSERT INTO player (id, points, ${column}) VALUES ${future.join(', ')}`);
    const app = await start(playersPoller({ start: 'now', pageSize: 100 }));
    expect(await run(app)).toBe(0);
    await insert(app, 'player', 1, -1);
    await insert(app, 'player', 2, 600_000);
    expect(await run(app)).toBe(2);
    apps.clock.advance(10 * MINUTE_MS);
    const other = await start(playersPoller({ start: 'now', pageSize: 100 }));
    expect(await run(other)).toBe(0);
    expect((await told(other)).toSorted()).toEqual([1, 2]);
    await other.app.get(PollRegistry, { strict: false }).reset('players', 'now');
    expect(await run(other)).toBe(0);
  });
});
