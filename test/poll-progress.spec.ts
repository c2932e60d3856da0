import { SafeLogger } from '../lib/logging/safe.logger.js';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { describeOnDatabases } from './support/databases.js';
import { Gate } from './support/gate.js';
import {
  apiPoller,
  Player,
  playersPoller,
  toPointsUpdated,
  type Mapper,
} from './support/players.js';
import { PollingApps } from './support/polling.app.js';

const MINUTE = 60_000;

describeOnDatabases('How far a table is read', (kind) => {
  const apps = new PollingApps(kind);

  describe('the first run', () => {
    it('begins with what changes after the application first started', async () => {
      const seed = await apps.start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      await seed.put(2, 20, '2026-01-01 00:00:02');
      const app = await apps.start([playersPoller({ start: 'now' })]);
      await app.put(1, 11, '2026-01-01 00:00:03');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      apps.clock.advance(5 * MINUTE);
      expect(await app.run()).toMatchObject({ accepted: 0, duplicates: 0 });
      expect(await app.told()).toEqual(['1:11']);
    });

    it('finds what changes in the second in which it started, whatever its key', async () => {
      const seed = await apps.start([]);
      for (const id of [1, 2, 3]) await seed.put(id, id, '2026-01-01 00:00:02');
      const app = await apps.start([playersPoller({ start: 'now', pageSize: 2 })]);
      await app.put(1, 11, '2026-01-01 00:00:02');
      await app.put(0, 7, '2026-01-01 00:00:02');
      expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 0 });
      const again = await apps.start([playersPoller({ start: 'now', pageSize: 2 })]);
      expect(await again.run()).toMatchObject({ accepted: 0, duplicates: 2 });
      apps.clock.advance(2 * MINUTE);
      await again.run();
      expect(await again.told()).toEqual(['0:7', '1:11']);
    });

    it('begins with the first row of a table that was empty', async () => {
      const app = await apps.start([playersPoller({ start: 'now' })]);
      await app.put(1, 10, '2020-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('begins with the first row where `start` says so', async () => {
      const seed = await apps.start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      const app = await apps.start([playersPoller({ start: 'beginning' })]);
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('goes on after a restart where the last run ended', async () => {
      const before = await apps.start([playersPoller({ start: 'now' })]);
      await before.put(1, 10, '2026-01-01 00:00:01');
      await before.run();
      await before.put(2, 20, '2026-01-01 00:00:02');
      await apps.close(before);
      apps.clock.advance(60 * MINUTE);
      const after = await apps.start([playersPoller({ start: 'now' })]);
      expect(await after.run()).toMatchObject({ accepted: 1 });
      expect(await after.told()).toEqual(['1:10', '2:20']);
    });

    it('starts again when its row is deleted', async () => {
      const app = await apps.start([playersPoller({ start: 'now' })]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.dataSource.getRepository(PollCursorEntity).delete({ name: 'players' });
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 0 });
      await app.put(1, 11, '2026-01-01 00:00:02');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });
  });

  describe('F-19 REQ-71 REQ-72 a row dated in the future', () => {
    const FUTURE = '2999-01-01 00:00:00';

    it('is reported once, and hides none that is written after it', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(1, 10, '2026-01-01 00:00:01');
      await app.put(9, 90, FUTURE);
      expect(await app.run()).toMatchObject({ accepted: 2 });
      for (const second of [2, 3, 4]) {
        apps.clock.advance(10 * MINUTE);
        await app.put(second, second, `2026-01-01 00:00:0${second}`);
        expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      }
      expect(await app.told()).toEqual(['1:10', '9:90', '2:2', '3:3', '4:4']);
    });

    it('is the only row', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(9, 90, FUTURE);
      expect(await app.run()).toMatchObject({ accepted: 1 });
      apps.clock.advance(10 * MINUTE);
      await app.put(1, 10, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
    });

    it('counts as there before where the poller starts now', async () => {
      const seed = await apps.start([]);
      await seed.put(1, 10, '2026-01-01 00:00:01');
      await seed.put(9, 90, FUTURE);
      const app = await apps.start([playersPoller({ start: 'now' })]);
      expect(await app.run()).toMatchObject({ accepted: 0 });
      for (const second of [2, 3]) {
        apps.clock.advance(10 * MINUTE);
        await app.put(second, second, `2026-01-01 00:00:0${second}`);
        expect(await app.run()).toMatchObject({ accepted: 1 });
      }
      expect(await app.told()).toEqual(['2:2', '3:3']);
    });
  });

  describe('the look-back', () => {
    it('finds rows that were committed late with an older cursor value', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      await app.put(1, 1, '2026-01-01 00:00:10');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      apps.clock.advance(MINUTE);
      await app.put(2, 2, '2026-01-01 00:00:20');
      expect(await app.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      expect(await app.told()).toEqual(['5:5', '1:1', '2:2']);
    });

    it('finds them also when runs are further apart than it is long', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      apps.clock.advance(10 * MINUTE);
      await app.put(1, 1, '2026-01-01 00:00:10');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });

    it('reads nothing again once it is over', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(5, 5, '2026-01-01 00:00:30');
      await app.run();
      apps.clock.advance(MINUTE);
      await app.run();
      apps.clock.advance(MINUTE);
      await app.run();
      const { lookBack } = await app.row();
      expect(JSON.parse(lookBack!)).toMatchObject({
        settled: JSON.parse((await app.row()).cursor!),
      });
      const fresh = await apps.start([playersPoller()]);
      expect(await fresh.run()).toMatchObject({ accepted: 0, duplicates: 0 });
    });

    it('gives no row to the method that it has had before', async () => {
      const seen: number[] = [];
      const map: Mapper = (player) => {
        seen.push(player.id);
        return toPointsUpdated(player);
      };
      const app = await apps.start([playersPoller({}, map)]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.run();
      await app.put(2, 2, '2026-01-01 00:00:02');
      await app.run();
      expect(seen).toEqual([1, 2]);
    });

    it('makes no second event in a process that does not remember the first', async () => {
      const app = await apps.start([playersPoller()]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.run();
      const other = await apps.start([playersPoller()]);
      expect(await other.run()).toMatchObject({ accepted: 0, duplicates: 1 });
    });

    it('does not count against the limit of a run', async () => {
      const app = await apps.start([playersPoller({ pageSize: 2, maxRows: 2 })]);
      for (let id = 1; id <= 6; id++) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      const other = await apps.start([playersPoller({ pageSize: 2, maxRows: 2 })]);
      expect(await other.run()).toMatchObject({ accepted: 2, duplicates: 2 });
      apps.clock.advance(MINUTE);
      expect(await app.run()).toMatchObject({ accepted: 2, duplicates: 2 });
      expect(await app.run()).toMatchObject({ accepted: 0, more: false });
      expect(new Set(await app.told()).size).toBe(6);
    });
  });

  describe('a reset', () => {
    it('F-21 goes to the beginning, to now, and behind a position', async () => {
      const app = await apps.start([playersPoller({ cursor: 'id', dedupeBy: 'cursor' })]);
      for (const id of [1, 2, 3]) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      await app.polls.reset('players', 'beginning');
      expect(await app.run()).toMatchObject({ accepted: 0 });
      await app.polls.reset('players', 'beginning', { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 3 });
      await app.polls.reset('players', { value: '1', key: '1' }, { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 2 });
      await app.polls.reset('players', { value: '3' }, { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 1 });
      await app.put(4, 4, '2026-01-01 00:00:01');
      await app.polls.reset('players', 'now');
      expect(await app.run()).toMatchObject({ accepted: 0 });
      await app.put(5, 5, '2026-01-01 00:00:01');
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect((await app.events()).map(({ id }) => id)).toEqual([
        '1@1',
        '2@2',
        '3@3',
        '1@1~2',
        '2@2~2',
        '3@3~2',
        '2@2~3',
        '3@3~3',
        '3@3~4',
        '5@5~4',
      ]);
    });

    it('F-21 ends a run of another process, which changes nothing from then on', async () => {
      const reached = new Gate();
      const released = new Gate();
      const map: Mapper = async ({ id, points }) => {
        if (id === 2) {
          reached.open();
          await released.opened;
        }
        return { type: 'points.updated', data: { id, points } };
      };
      const app = await apps.start([playersPoller({ pageSize: 1 }, map)]);
      const other = await apps.start([playersPoller({ pageSize: 1 })]);
      for (const id of [1, 2, 3]) await app.put(id, id, `2026-01-01 00:00:0${id}`);
      const run = app.run();
      await reached.opened;
      await other.polls.reset('players', 'beginning');
      expect(await other.run()).toMatchObject({ outcome: 'done', accepted: 2, duplicates: 1 });
      released.open();
      expect(await run).toMatchObject({ outcome: 'stopped' });
      expect(await app.status()).toMatchObject({ cursor: { key: '3' }, running: false });
      expect((await app.told()).toSorted()).toEqual(['1:1', '2:2', '3:3']);
    });

    it('F-21 warns once that the ids start again, and finds the new rows when reset', async () => {
      const app = await apps.start([playersPoller({ cursor: 'id' })]);
      const warn = jest.spyOn(SafeLogger.prototype, 'warn');
      const warnings = () =>
        warn.mock.calls.filter(([text]) => text.includes("PollRegistry.reset('players'"));
      for (const id of [5, 6]) await app.put(id, id, '2026-01-01 00:00:01');
      await app.run();
      await app.dataSource.getRepository(Player).clear();
      await app.put(5, 50, '2026-01-01 00:00:01');
      for (let round = 0; round < 3; round++) {
        apps.clock.advance(5 * MINUTE);
        expect(await app.run()).toMatchObject({ accepted: 0 });
      }
      expect(warnings()).toHaveLength(1);
      await app.polls.reset('players', 'beginning', { repeat: true });
      expect(await app.run()).toMatchObject({ accepted: 1 });
      expect(await app.told()).toEqual(['5:5', '6:6', '5:50']);
      warn.mockRestore();
    });

    it.each([{ value: 5 }, { value: 'x' }, { value: '1', key: 'x' }, 'soon', null])(
      'F-21 refuses %j of a poller along a number',
      async (target) => {
        const app = await apps.start([playersPoller({ cursor: 'id' })]);
        await app.put(1, 1, '2026-01-01 00:00:01');
        await app.run();
        await expect(app.polls.reset('players', target as never)).rejects.toThrow(TypeError);
        expect(await app.status()).toMatchObject({ cursor: { value: '1', key: '1' } });
        await expect(app.polls.reset('users', 'now')).rejects.toMatchObject({
          code: 'UNKNOWN_POLLER',
        });
      },
    );

    it('F-21 gives a method without a table the cursor of its new position', async () => {
      const cursors: unknown[] = [];
      const app = await apps.start([
        apiPoller(({ cursor }) => {
          cursors.push(cursor);
          return { events: [], cursor: { page: 7 } };
        }),
      ]);
      await app.run('api');
      await app.polls.reset('api', { value: { page: 3 } });
      await app.run('api');
      await app.polls.reset('api', 'beginning');
      await app.run('api');
      expect(cursors).toEqual([undefined, { page: 3 }, undefined]);
      await expect(app.polls.reset('api', 'now')).rejects.toThrow(/'api' has no table/);
    });
  });
});
