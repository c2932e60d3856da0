import { Injectable, type Type } from '@nestjs/common';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { SystemClock } from '../lib/clock/system.clock.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { POLLING_OPTIONS } from '../lib/polling/polling.options.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { Gate } from './support/gate.js';
import {
  apiPoller,
  NEVER,
  playersPoller,
  toPointsUpdated,
  type Mapper,
} from './support/players.js';
import { PollingApps, type PollingApp } from './support/polling.app.js';

const MINUTE = 60_000;

const EVERY_SECOND = '* * * * * *';

const REAL_TIMERS: FakeableAPI[] = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
];

describeOnDatabases('Who runs a poller, and when', (kind) => {
  const apps = new PollingApps(kind);

  describe('several processes', () => {
    it('REQ-54 run a tick once', async () => {
      const both = [
        await apps.start([playersPoller()]),
        await apps.start([playersPoller()]),
      ] as const;
      await both[0].put(1, 1, '2026-01-01 00:00:01');
      const tick = apps.clock.now();
      const first = await Promise.all(both.map((app) => app.tick(tick)));
      expect(first.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'done']);
      for (const app of both) expect(await app.tick(tick)).toEqual({ outcome: 'busy' });
      expect(await both[1].tick(tick + 1_000)).toMatchObject({ outcome: 'done' });
      expect(await both[0].run()).toMatchObject({ outcome: 'done' });
      expect(await both[0].told()).toEqual(['1:1']);
    });

    it('are not held up by a tick that a wrong clock has stored', async () => {
      const app = await apps.start([playersPoller()]);
      await app.tick(apps.clock.now() + 365 * 24 * 60 * MINUTE);
      expect(await app.tick(apps.clock.now())).toMatchObject({ outcome: 'done' });
    });

    it('REQ-54 run a poller one at a time, and keep a slow one', async () => {
      const entered = new Gate();
      const leave = new Gate();
      const slow = apiPoller(
        async ({ cursor }) => {
          entered.open();
          await leave.opened;
          return { events: [], cursor: `${String(cursor)}+` };
        },
        { timeoutMs: 2 * MINUTE },
      );
      const app = await apps.start([slow]);
      const other = await apps.start([slow]);
      const run = app.run('api');
      await entered.opened;
      expect(await app.run('api')).toEqual({ outcome: 'busy' });
      expect(await other.run('api')).toEqual({ outcome: 'busy' });
      expect((await other.status('api')).running).toBe(true);

      const { leaseUntil } = await app.row('api');
      apps.clock.advance(POLLING_OPTIONS.defaults.leaseMs / 2);
      while ((await app.row('api')).leaseUntil === leaseUntil) await new Promise(setImmediate);
      apps.clock.advance(POLLING_OPTIONS.defaults.leaseMs / 2 + 1);
      expect(await other.run('api')).toEqual({ outcome: 'busy' });
      leave.open();
      expect(await run).toMatchObject({ outcome: 'done' });
      expect(await app.row('api')).toMatchObject({ leasedBy: null, leaseUntil: null });
    });

    it('REQ-30 REQ-54 take over what a dead one has leased, which changes nothing from then on', async () => {
      const entered = new Gate();
      const leave = new Gate();
      const stuck: Mapper = async (player) => {
        if (player.id === 3) {
          entered.open();
          await leave.opened;
        }
        return toPointsUpdated(player);
      };
      // Its own clock stands still, and so does its heartbeat.
      const dead = await apps.start([playersPoller({ pageSize: 2 }, stuck)], {
        clock: new FakeClock(),
      });
      for (let id = 1; id <= 4; id++) await dead.put(id, id, `2026-01-01 00:00:0${id}`);
      const run = dead.run();
      await entered.opened;

      const app = await apps.start([playersPoller({ pageSize: 2 })]);
      expect(await app.run()).toEqual({ outcome: 'busy' });
      apps.clock.advance(POLLING_OPTIONS.defaults.leaseMs);
      expect(await app.run()).toMatchObject({ outcome: 'done', accepted: 2, duplicates: 2 });
      await app.put(5, 5, '2026-01-01 00:00:05');
      await app.run();
      const { cursor } = await app.row();

      leave.open();
      expect(await run).toMatchObject({ outcome: 'stopped', duplicates: 2 });
      expect((await app.row()).cursor).toBe(cursor);
      expect((await app.told()).toSorted()).toEqual(['1:1', '2:2', '3:3', '4:4', '5:5']);
    });

    it('REQ-47 agree on the content of a row, in whatever zone they read its dates', async () => {
      const inZone = (hours: number): object => {
        const options = apps.source;
        // What `pg` and `mysql2` make of a date without a zone is up to the driver and the process.
        if (options.type === 'mysql' || options.type === 'mariadb') {
          return {
            timezone: `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`,
          };
        }
        if (options.type !== 'postgres') return {};
        const { options: search } = options.extra as { options: string };
        return { extra: { options: `${search} -c timezone=<Z>${-hours}` } };
      };
      const east = await apps.start([playersPoller()], { source: inZone(13) });
      const west = await apps.start([playersPoller()], { source: inZone(-11) });
      await east.put(1, 1, '2026-01-01 00:00:01');
      expect(await east.run()).toMatchObject({ accepted: 1, duplicates: 0 });
      expect(await west.run()).toMatchObject({ accepted: 0, duplicates: 1 });
      expect(await east.told()).toEqual(['1:1']);
    });

    it('pause and resume for all', async () => {
      const app = await apps.start([playersPoller()]);
      const other = await apps.start([playersPoller()]);
      await app.put(1, 1, '2026-01-01 00:00:01');
      await app.polls.pause('players');
      expect(await other.status()).toMatchObject({ paused: true, nextRunAt: null });
      expect(await other.run()).toEqual({ outcome: 'paused' });
      expect(await app.tick(apps.clock.now())).toEqual({ outcome: 'paused' });
      await other.polls.resume('players');
      expect(await app.run()).toMatchObject({ accepted: 1 });
    });
  });

  describe('schedules', () => {
    // The time that schedules go by, and their timers. TypeORM knows `Date` by its identity.
    let now: number;

    beforeEach(() => {
      now = Date.parse('2026-01-01T00:00:00.500Z');
      jest.useFakeTimers({ doNotFake: REAL_TIMERS });
      jest.spyOn(Date, 'now').mockImplementation(() => now);
    });

    afterEach(() => {
      jest.restoreAllMocks();
      jest.useRealTimers();
    });

    const nextTick = (): void => {
      now += 1_000;
      jest.advanceTimersByTime(1_000);
    };

    it('run a poller by its cron expression, as a job of the host scheduler', async () => {
      const ran = new Gate();
      let hostTicks = 0;

      @Injectable()
      class Pollers {
        @Poll({ name: 'every-second', cron: EVERY_SECOND })
        tick(): void {
          ran.open();
        }

        @Cron(NEVER, { name: 'of-the-host' })
        hostTick(): void {
          hostTicks++;
        }
      }

      const app = await apps.start([Pollers], {
        clock: new SystemClock(),
        polling: { enabled: true },
        imports: [ScheduleModule.forRoot()],
      });
      const schedulers = app.module.get(SchedulerRegistry, { strict: false });
      expect([...schedulers.getCronJobs().keys()].toSorted()).toEqual([
        'of-the-host',
        'poll:every-second',
      ]);
      nextTick();
      await ran.opened;
      expect(await app.status('every-second')).toMatchObject({
        lastRunAt: new Date('2026-01-01T00:00:01.500Z'),
        nextRunAt: new Date('2026-01-01T00:00:02.000Z'),
      });
      await apps.close(app);
      expect(schedulers.getCronJobs().size).toBe(0);
      expect(hostTicks).toBe(0);
    });

    it('REQ-54 run a poller once a tick over three instances, never twice at a time', async () => {
      const runs: { instance: number; tick: number | null }[] = [];
      let atOnce = 0;
      let mostAtOnce = 0;
      const instances: PollingApp[] = [];
      const instance = (index: number): Type => {
        @Injectable()
        class Pollers {
          @Poll({ name: 'every-second', cron: EVERY_SECOND })
          async tick(): Promise<void> {
            mostAtOnce = Math.max(mostAtOnce, ++atOnce);
            const { lastTick } = await instances[0]!.row('every-second');
            runs.push({ instance: index, tick: lastTick });
            atOnce--;
          }
        }
        return Pollers;
      };
      // The timers start with the first one, which is not the only one then.
      instances.push(await apps.start([]));
      for (const index of [0, 1, 2]) {
        instances.push(
          await apps.start([instance(index)], {
            clock: new SystemClock(),
            polling: { enabled: true },
          }),
        );
      }
      const [observer, ...others] = instances;
      for (let count = 1; count <= 4; count++) {
        nextTick();
        while (runs.length < count || (await observer!.row('every-second')).leasedBy !== null) {
          await new Promise(setImmediate);
        }
      }
      await Promise.all(others.map((app) => apps.close(app)));
      const ticks = runs.map(({ tick }) => tick!);
      expect(ticks).toEqual([1, 2, 3, 4].map((second) => Date.UTC(2026, 0, 1, 0, 0, second)));
      expect(mostAtOnce).toBe(1);
      expect(await observer!.row('every-second')).toMatchObject({
        run: runs.length,
        leasedBy: null,
      });
    });

    it('need no scheduler of the host, and run nothing without the role `poll`', async () => {
      const ran = new Gate();

      @Injectable()
      class Pollers {
        @Poll({ name: 'every-second', cron: EVERY_SECOND })
        tick(): void {
          ticks++;
          ran.open();
        }
      }

      let ticks = 0;
      const idle = await apps.start([Pollers], { polling: { enabled: false } });
      const status = await idle.status('every-second');
      expect(status.lastRunAt).toBeNull();
      expect(status.nextRunAt).toBeInstanceOf(Date);
      nextTick();
      await apps.close(idle);
      const app = await apps.start([Pollers], {
        clock: new SystemClock(),
        polling: { enabled: true },
      });
      expect(ticks).toBe(0);
      nextTick();
      await ran.opened;
      await apps.close(app);
      expect(ticks).toBe(1);
    });
  });
});
