import type { DataSourceOptions } from 'typeorm';
import { SystemClock } from '../../lib/clock/system.clock.js';
import { DatabaseClock } from '../../lib/database/database.clock.js';
import { Sealer } from '../../lib/database/sealer.js';
import { EventReader } from '../../lib/inbox/event.reader.js';
import { EventSeal } from '../../lib/inbox/event.seal.js';
import { SourceSchemas } from '../../lib/inbox/source-schemas.js';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationStore } from '../../lib/notifications/notification.store.js';
import { PollCursorStore } from '../../lib/polling/cursor/poll-cursor.store.js';
import type { Poller } from '../../lib/polling/poller.js';
import { RuleStateStore } from '../../lib/rules/rule-state.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { eventRow, jobRow, startMachine, type Machine } from './machine.js';

/** As far apart as zones are, and neither of them the server's. */
const ZONES = { east: '+13:00', west: '-11:00' } as const;

/** Within an hour that some zones have twice, and not at a whole second. */
const INSTANT = Date.parse('2026-10-25T00:30:00.123Z');

/** A machine whose sessions, and whose driver if it has a zone, are in the given zone. */
async function machineIn(zone: string, database: TestDatabase, isFirst: boolean): Promise<Machine> {
  const { options } = database;
  const shared = { synchronize: isFirst };
  switch (options.type) {
    case 'postgres': {
      const { options: search } = options.extra as { options: string };
      // In ISO 8601, not in POSIX, which reverses the sign.
      const extra = { options: `${search} -c timezone=<Z>${zone.startsWith('+') ? '-13' : '+11'}` };
      return startMachine(database, { ...shared, extra } as Partial<DataSourceOptions>);
    }
    case 'mysql':
    case 'mariadb': {
      // One connection, which keeps its zone.
      const changes = { ...shared, poolSize: 1, timezone: zone };
      const machine = await startMachine(database, changes as Partial<DataSourceOptions>);
      await machine.dataSource.query(`SET time_zone = '${zone}'`);
      return machine;
    }
    default:
      return startMachine(database, shared);
  }
}

describeOnDatabases('Sessions in zones that are a day apart', (kind) => {
  let database: TestDatabase;
  let machines: readonly [Machine, Machine];

  beforeEach(async () => {
    database = await kind.create();
    machines = [
      await machineIn(ZONES.east, database, true),
      await machineIn(ZONES.west, database, false),
    ];
  });

  afterEach(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await database.drop();
  });

  it('REQ-47 have the zones of this suite', async () => {
    if (kind.name === 'SQLite') return;
    const zoneOf = async ({ dataSource }: Machine): Promise<number> => {
      const hours =
        kind.name === 'PostgreSQL'
          ? 'extract(timezone_hour FROM now())'
          : 'TIMESTAMPDIFF(HOUR, UTC_TIMESTAMP(), NOW())';
      const [row] = (await dataSource.query(`SELECT ${hours} AS hours`)) as { hours: string }[];
      return Number(row?.hours);
    };
    expect(await Promise.all(machines.map(zoneOf))).toEqual([13, -11]);
  });

  it('REQ-47 have one time', async () => {
    for (const machine of machines) {
      const clock = new DatabaseClock(new SystemClock(), machine.database);
      await clock.onModuleInit();
      expect(Math.abs(clock.now() - Date.now())).toBeLessThan(5_000);
      clock.onApplicationShutdown();
    }
  });

  it('REQ-47 read the instants of an event as they were written', async () => {
    const [east, west] = machines;
    const event = eventRow('1', { occurredAt: INSTANT, receivedAt: INSTANT + 1 });
    await east.database.transaction(() => east.inbox.insert([event]));
    const reader = new EventReader(
      west.database,
      west.inbox,
      new SourceSchemas(),
      new EventSeal(new Sealer([])),
    );
    expect((await reader.load([event.key])).get(event.key)?.event).toMatchObject({
      occurredAt: new Date(INSTANT),
      receivedAt: new Date(INSTANT + 1),
    });
  });

  it('REQ-47 agree on when a job is due, and on how long a lease lasts', async () => {
    const [east, west] = machines;
    const job = jobRow({ dueAt: INSTANT });
    const claim = ({ database: own, queue }: Machine, now: number) =>
      own.transaction(() =>
        queue.claim({
          now,
          leaseUntil: now + 1_000,
          leasedBy: 'one of them',
          shares: [job.share],
          each: 10,
        }),
      );
    await east.database.transaction(() => east.queue.insert([job]));
    expect(await claim(west, INSTANT - 1)).toEqual([]);
    expect(await claim(west, INSTANT)).toMatchObject([{ id: job.id, attempt: 1 }]);
    expect(await claim(east, INSTANT + 999)).toEqual([]);
    expect(await claim(east, INSTANT + 1_000)).toMatchObject([
      { id: job.id, lease: 3, wasLost: true },
    ]);
  });

  it('REQ-47 agree on rules, notifications and pollers', async () => {
    const [east, west] = machines;
    const rules = new RuleStateStore();
    const key = { rule: 'rule', subject: 'subject', tenant: '' };
    const state = { active: true, occurredAt: INSTANT, firedAt: INSTANT + 1, fireCount: 1 };
    await east.database.managed(async (manager) => {
      expect(await rules.replace(manager, key, undefined, state)).toBe(true);
    });
    await west.database.managed(async (manager) => {
      expect((await rules.read(manager, key)).state).toMatchObject(state);
    });

    const sent: NotificationEntity = {
      id: jobRow().id,
      channel: 'sms',
      key: null,
      recipient: 'somebody',
      payload: '{}',
      createdAt: INSTANT,
      sentAt: INSTANT + 1,
      receipt: null,
      queued: true,
      keyDigest: null,
    };
    await east.database.managed((manager) =>
      new NotificationStore(east.database).add(manager, sent),
    );
    expect((await new NotificationStore(west.database).load([sent.id])).get(sent.id)).toEqual(sent);

    const clock = new SystemClock();
    const poller = {
      name: 'users',
      reader: { reads: 'users', begin: async () => ({ cursor: null, lookBack: null }) },
    } as unknown as Poller;
    const stores = machines.map((machine) => new PollCursorStore(machine.database, clock)) as [
      PollCursorStore,
      PollCursorStore,
    ];
    await stores[0].register(poller);
    const tick = { leasedBy: 'one of them', leaseMs: 60_000, scheduledAt: INSTANT };
    expect(await stores[0].take('users', tick)).toMatchObject({ outcome: 'taken' });
    expect(await stores[1].take('users', { ...tick, leasedBy: 'the other' })).toEqual({
      outcome: 'busy',
    });
    expect(await stores[1].load(['users'], ['name', 'lastTick'])).toMatchObject([
      { lastTick: INSTANT },
    ]);
  });
});
