import { v7 as uuid } from 'uuid';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationStore } from '../../lib/notifications/notification.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { Signal } from '../support/signal.js';
import { clear, startMachine, type Machine } from './machine.js';

describeOnDatabases('The notification log', (kind) => {
  let testDatabase: TestDatabase;
  let machine: Machine;
  let store: NotificationStore;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machine = await startMachine(testDatabase);
    store = new NotificationStore(machine.database);
  });

  beforeEach(() => clear(machine));

  afterAll(async () => {
    await machine.dataSource.destroy();
    await testDatabase.drop();
  });

  const notification = (changes: Partial<NotificationEntity> = {}): NotificationEntity => ({
    id: uuid(),
    channel: 'email',
    key: 'key',
    recipient: 'a@example.com',
    payload: '{}',
    createdAt: 4_102_444_800_123,
    sentAt: null,
    receipt: null,
    queued: true,
    ...changes,
  });

  /** Adds in a transaction of the host. */
  const add = (row: NotificationEntity): Promise<string> =>
    machine.dataSource.transaction((manager) => store.add(manager, row));

  it('loads a notification as it was added', async () => {
    const row = notification({ payload: JSON.stringify({ text: '🎮 é'.repeat(50_000) }) });
    expect(await add(row)).toBe(row.id);
    expect((await store.load([row.id, uuid()])).get(row.id)).toEqual(row);
  });

  it('stores one per channel and key, and any number without a key', async () => {
    const first = notification();
    expect(await add(first)).toBe(first.id);
    expect(await add(notification({ payload: '{"other":1}' }))).toBe(first.id);
    for (const row of [
      notification({ channel: 'http' }),
      notification({ key: null }),
      notification({ key: null }),
    ]) {
      expect(await add(row)).toBe(row.id);
    }
    expect((await store.load([first.id])).get(first.id)).toEqual(first);
  });

  it('REQ-27 keeps keys apart that differ in case, accents or a trailing space', async () => {
    for (const key of ['a', 'A', 'á', 'a ', '🎮', 'é'.repeat(255)]) {
      const row = notification({ key });
      expect(await add(row)).toBe(row.id);
      expect(await add(notification({ key }))).toBe(row.id);
    }
  });

  it('truncates nothing: a value that does not fit is an error', async () => {
    if (kind.name === 'SQLite') return;
    const row = notification({ key: 'k'.repeat(256) });
    const error: unknown = await add(row).catch((thrown: unknown) => thrown);
    expect(machine.database.isValueError(error)).toBe(true);
    expect((await store.load([row.id])).size).toBe(0);
  });

  it('finds one that was committed after the transaction of the host began', async () => {
    if (kind.name === 'SQLite') return;
    const first = notification();
    const second = await machine.dataSource.transaction(async (manager) => {
      await manager.find(NotificationEntity);
      await add(first);
      return store.add(manager, notification());
    });
    expect(second).toBe(first.id);
  });

  it('stores one of many that come at once', async () => {
    const ids = await Promise.all(
      Array.from({ length: kind.name === 'SQLite' ? 1 : 8 }, () => add(notification())),
    );
    expect(new Set(ids).size).toBe(1);
    expect(await machine.dataSource.getRepository(NotificationEntity).count()).toBe(1);
  });

  it('stores the second of two if the first is rolled back', async () => {
    if (kind.name === 'SQLite') return;
    const added = new Signal<string>();
    const rollBack = new Signal<undefined>();
    const first = machine.dataSource.transaction(async (manager) => {
      added.push(await store.add(manager, notification()));
      await rollBack.next();
      throw new Error('rolled back');
    });
    await added.next();
    const row = notification();
    const second = add(row);
    rollBack.push(undefined);
    await expect(first).rejects.toThrow('rolled back');
    expect(await second).toBe(row.id);
  });

  it('records once that it was sent', async () => {
    const row = notification();
    await add(row);
    const mark = (sentAt: number, receipt: string): Promise<void> =>
      machine.database.managed((manager) =>
        store.markSent(manager, { id: row.id, sentAt, receipt }),
      );
    await mark(5, '250 OK ✓');
    await mark(6, 'again');
    expect((await store.load([row.id])).get(row.id)).toMatchObject({
      sentAt: 5,
      receipt: '250 OK ✓',
    });
  });
});
