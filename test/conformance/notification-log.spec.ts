import { v7 as uuid } from 'uuid';
import { NotificationEntity } from '../../lib/notifications/notification.entity.js';
import { NotificationStore } from '../../lib/notifications/notification.store.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
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
    keyDigest: null,
    ...changes,
  });

  /** Adds in a transaction of the host. */
  const add = (row: NotificationEntity): Promise<void> =>
    machine.dataSource.transaction((manager) => store.add(manager, row));

  it('loads a notification as it was added', async () => {
    const row = notification({ payload: JSON.stringify({ text: '🎮 é'.repeat(50_000) }) });
    await add(row);
    expect((await store.load([row.id, uuid()])).get(row.id)).toEqual(row);
  });

  it('stores any number with the same key, and without one', async () => {
    const rows = [notification(), notification(), notification({ key: null })];
    for (const row of rows) await add(row);
    expect([...(await store.load(rows.map(({ id }) => id))).values()]).toHaveLength(3);
  });

  it('truncates nothing: a value that does not fit is an error', async () => {
    if (kind.name === 'SQLite') return;
    const row = notification({ key: 'k'.repeat(256) });
    const error: unknown = await add(row).catch((thrown: unknown) => thrown);
    expect(machine.database.isValueError(error)).toBe(true);
    expect((await store.load([row.id])).size).toBe(0);
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
