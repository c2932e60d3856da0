import { v7 as uuid } from 'uuid';
import { keyDigest } from '../../lib/notifications/key-digest.js';
import { NotificationKeyEntity } from '../../lib/notifications/notification-key.entity.js';
import { NotificationKeyStore } from '../../lib/notifications/notification-key.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { Signal } from '../support/signal.js';
import { clear, startMachine, type Machine } from './machine.js';

/** An instant, in milliseconds since the epoch. */
const NOW = 4_102_444_800_123;

describeOnDatabases('The keys of notifications', (kind) => {
  let testDatabase: TestDatabase;
  let machine: Machine;
  let keys: NotificationKeyStore;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machine = await startMachine(testDatabase);
    keys = new NotificationKeyStore(machine.database);
  });

  beforeEach(() => clear(machine));

  afterAll(async () => {
    await machine.dataSource.destroy();
    await testDatabase.drop();
  });

  const wanted = (changes: Partial<NotificationKeyEntity> = {}): NotificationKeyEntity => ({
    digest: keyDigest('email', 'a@example.com', 'key'),
    notificationId: uuid(),
    createdAt: NOW,
    expiresAt: null,
    ...changes,
  });

  /** Takes a key in a transaction of the host. */
  const take = (key: NotificationKeyEntity): Promise<string> =>
    machine.dataSource.transaction((manager) => keys.take(manager, key));

  const atOnce = kind.name === 'SQLite' ? 1 : 8;

  const stored = (): Promise<NotificationKeyEntity[]> =>
    machine.dataSource.getRepository(NotificationKeyEntity).find();

  it('REQ-126 belong to one recipient of one channel', async () => {
    for (const [channel, recipient, key] of [
      ['email', 'a@example.com', 'welcome'],
      ['email', 'b@example.com', 'welcome'],
      ['http', 'a@example.com', 'welcome'],
      ['email', 'a@example.com', 'welcome '],
      ['email', 'a@example.comwelcome', ' '],
      ['email', 'A@example.com', 'welcome'],
    ] as const) {
      const first = wanted({ digest: keyDigest(channel, recipient, key) });
      expect(await take(first)).toBe(first.notificationId);
      expect(await take({ ...first, notificationId: uuid() })).toBe(first.notificationId);
    }
  });

  it('REQ-27 are kept apart where they differ in case, accents or a trailing space', async () => {
    for (const key of ['a', 'A', 'á', 'a ', '🎮', 'é'.repeat(255)]) {
      const one = wanted({ digest: keyDigest('email', 'a@example.com', key) });
      expect(await take(one)).toBe(one.notificationId);
    }
  });

  it('REQ-125 are kept until their time is over, and taken by one of many from then on', async () => {
    const first = wanted({ expiresAt: NOW + 10 });
    expect(await take(first)).toBe(first.notificationId);
    expect(await take(wanted({ createdAt: NOW + 9 }))).toBe(first.notificationId);
    const others = Array.from({ length: atOnce }, () => wanted({ createdAt: NOW + 10 }));
    const holders = new Set(await Promise.all(others.map(take)));
    expect(holders.size).toBe(1);
    expect(holders).not.toContain(first.notificationId);
    expect(await stored()).toMatchObject([
      { notificationId: [...holders][0], createdAt: NOW + 10, expiresAt: null },
    ]);
  });

  it('find one that was committed after the transaction of the host began', async () => {
    if (kind.name === 'SQLite') return;
    const first = wanted();
    const second = await machine.dataSource.transaction(async (manager) => {
      await manager.find(NotificationKeyEntity);
      await take(first);
      return keys.take(manager, wanted());
    });
    expect(second).toBe(first.notificationId);
  });

  it('are taken by one of many that come at once', async () => {
    const holders = await Promise.all(Array.from({ length: atOnce }, () => take(wanted())));
    expect(new Set(holders).size).toBe(1);
    expect(await stored()).toHaveLength(1);
  });

  it.each([['takes it and rolls back'], ['frees it']])(
    'wait for a transaction that %s',
    async (does) => {
      if (kind.name === 'SQLite') return;
      const first = wanted();
      if (does === 'frees it') await take(first);
      const changed = new Signal<undefined>();
      const end = new Signal<undefined>();
      const earlier = machine.dataSource.transaction(async (manager) => {
        if (does !== 'frees it') await keys.take(manager, first);
        else await keys.free(manager, [{ id: first.notificationId, keyDigest: first.digest }]);
        changed.push(undefined);
        await end.next();
        if (does !== 'frees it') throw new Error('rolled back');
      });
      await changed.next();
      const second = wanted();
      const later = take(second);
      end.push(undefined);
      await earlier.catch(() => undefined);
      expect(await later).toBe(second.notificationId);
    },
  );

  it('are freed by their own notification only', async () => {
    const first = wanted();
    await take(first);
    const free = (id: string): Promise<void> =>
      machine.dataSource.transaction((manager) =>
        keys.free(manager, [
          { id, keyDigest: first.digest },
          { id: uuid(), keyDigest: null },
        ]),
      );
    await free(uuid());
    expect(await stored()).toHaveLength(1);
    await free(first.notificationId);
    expect(await stored()).toEqual([]);
  });
});
