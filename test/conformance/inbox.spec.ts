import { EventEntity } from '../../lib/inbox/event.entity.js';
import { fromStoredBody, toStoredBody, type OpenBody } from '../../lib/inbox/stored-body.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { GroupCommit } from '../../lib/queue/engines/sql/group-commit.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { clear, eventRow, jobRow, startMachine, type Machine } from './machine.js';

describeOnDatabases('The inbox', (kind) => {
  let testDatabase: TestDatabase;
  let machines: Machine[];
  let machine: Machine;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machine = await startMachine(testDatabase);
    machines = [machine, await startMachine(testDatabase, { synchronize: false })];
  });

  beforeEach(() => clear(machine));

  afterAll(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await testDatabase.drop();
  });

  const insert = (events: readonly EventEntity[], by = machine): Promise<Set<string>> =>
    by.database.transaction(() => by.inbox.insert(events));

  const count = (): Promise<number> => machine.dataSource.getRepository(EventEntity).count();

  const stored = (key: string): Promise<EventEntity> =>
    machine.dataSource.getRepository(EventEntity).findOneByOrFail({ key });

  it('REQ-47 loads an event as it was stored, its instants to the millisecond', async () => {
    const event = eventRow('1', {
      tenant: 'tenant',
      reason: 'data.points: no number',
      status: 'rejected',
      occurredAt: Date.parse('2026-03-29T01:30:00.123Z'),
      receivedAt: 4_102_444_800_999,
      headers: '{"x-game":"1"}',
      dataPath: 'data',
    });
    expect(await insert([event])).toEqual(new Set([event.key]));
    expect(await stored(event.key)).toEqual(event);
  });

  it('stores no events, one, and more than fit into one statement', async () => {
    expect((await insert([])).size).toBe(0);
    const events = Array.from({ length: 300 }, (_, index) => eventRow(String(index)));
    expect(await insert(events)).toEqual(new Set(events.map(({ key }) => key)));
    expect(await count()).toBe(300);
  });

  it('REQ-29 tells duplicates inside a group and between groups from new events', async () => {
    const [first, copy, other] = [eventRow('1'), eventRow('1', { body: '2' }), eventRow('2')];
    expect(await insert([first, copy, other])).toEqual(new Set([first.key, other.key]));
    const late = eventRow('3');
    expect(await insert([eventRow('2'), late, eventRow('1')])).toEqual(new Set([late.key]));
    expect(await stored(first.key)).toEqual(first);
    expect(await count()).toBe(3);
  });

  it('REQ-27 keeps ids of other sources and tenants apart', async () => {
    const events = [
      eventRow('1'),
      eventRow('1', { source: 'shop' }),
      eventRow('1', { tenant: 'a' }),
      eventRow('1', { tenant: 'b' }),
    ];
    expect((await insert(events)).size).toBe(4);
  });

  it('REQ-27 keeps ids apart that differ in case, in accents, or in a trailing space', async () => {
    const ids = [
      'a',
      'A',
      'á',
      'a\u0301',
      'ä',
      'a ',
      ' a',
      'ａ',
      'ß',
      'ss',
      'i',
      'ı',
      '🎮',
      '🎲',
      '\u200ba',
    ];
    expect((await insert(ids.map((id) => eventRow(id)))).size).toBe(ids.length);
    expect((await insert(ids.map((id) => eventRow(id)))).size).toBe(0);
    for (const id of ids) {
      expect(await machine.dataSource.getRepository(EventEntity).findBy({ id })).toMatchObject([
        { id },
      ]);
    }
  });

  it('REQ-63 keeps tenants apart that differ in case or in a trailing space', async () => {
    const tenants = ['a', 'A', 'a ', 'á'];
    expect((await insert(tenants.map((tenant) => eventRow('1', { tenant })))).size).toBe(4);
  });

  it.each([
    ['ASCII', 'k'],
    ['two bytes', 'é'],
    ['four bytes', '🎮'],
  ])('REQ-27 stores the longest id, of characters of %s', async (_, character) => {
    const id = character.repeat(255 / character.length);
    const event = eventRow(id, { type: id, source: 's'.repeat(64), tenant: 't'.repeat(64) });
    expect((await insert([event])).size).toBe(1);
    expect(
      (await insert([eventRow(id, { source: event.source, tenant: event.tenant })])).size,
    ).toBe(0);
    expect((await stored(event.key)).id).toBe(id);
  });

  it.each<[string, Buffer]>([
    ['NUL bytes', Buffer.from('{"a":"\0"}')],
    ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['a lone surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80])],
    ['characters of four bytes', Buffer.from('{"a":"🎮 𝄞 é"}')],
    [
      'a byte order mark and line ends of every kind',
      Buffer.from('\ufeff{}\r\n\u2028\t\\ \' " ` ; -- '),
    ],
    [
      'the special characters of SQL',
      Buffer.from("? $1 :a %s {0} '; DROP TABLE webhook_event; --"),
    ],
    ['nothing', Buffer.alloc(0)],
    ['more than 64 KiB', Buffer.alloc(200_000, 'ä')],
    ['5 MiB', Buffer.alloc(5 * 1024 * 1024, 'x')],
  ])('REQ-40 REQ-42 loads the exact bytes of a body with %s', async (_, bytes) => {
    const event = eventRow('1', toStoredBody(bytes));
    await insert([event]);
    expect(fromStoredBody((await stored(event.key)) as OpenBody).equals(bytes)).toBe(true);
  });

  it('keeps headers of more than 64 KiB', async () => {
    const headers = JSON.stringify({ 'x-long': 'h'.repeat(100_000) });
    const event = eventRow('1', { headers });
    await insert([event]);
    expect((await stored(event.key)).headers).toBe(headers);
  });

  it('REQ-31 stores the others of a group in which one value cannot be stored', async () => {
    const group = new GroupCommit<EventEntity, boolean>({
      commit: async (events) => {
        const inserted = await insert(events);
        return events.map(({ key }) => inserted.has(key));
      },
      isItemError: (error) => machine.database.isValueError(error),
      maxGroup: 100,
      maxWaiting: 100,
    });
    const events = Array.from({ length: 9 }, (_, index) => eventRow(String(index)));
    const wrong = eventRow('wrong', { status: null as never });
    const results = await Promise.allSettled(
      [...events.slice(0, 4), wrong, ...events.slice(4)].map((event) => group.add(event)),
    );
    expect(results.map(({ status }) => status)).toEqual(
      results.map((__, index) => (index === 4 ? 'rejected' : 'fulfilled')),
    );
    expect(await count()).toBe(9);
  });

  it('REQ-29 stores one of two copies that two machines insert at once', async () => {
    for (let round = 0; round < 10; round++) {
      const groups = machines.map(() =>
        Array.from({ length: 20 }, (_, index) =>
          eventRow(`${round}-${String(index).padStart(2, '0')}`),
        ),
      );
      const inserted = await Promise.all(
        groups.map((events, index) => insert(events, machines[index])),
      );
      expect(inserted.reduce((sum, { size }) => sum + size, 0)).toBe(20);
    }
    expect(await count()).toBe(200);
  });

  it('REQ-29 lets no deadlock escape if groups overlap in opposite order', async () => {
    for (let round = 0; round < 10; round++) {
      const groups = machines.map(() =>
        Array.from({ length: 20 }, (_, index) => eventRow(`${round}-${index}`)),
      );
      const inserted = await Promise.all([
        insert(groups[0]!, machines[0]),
        insert(groups[1]!.toReversed(), machines[1]),
      ]);
      expect(inserted.reduce((sum, { size }) => sum + size, 0)).toBe(20);
    }
  });

  it('stores an event with its jobs, and no job for a duplicate', async () => {
    const [first, copy] = [eventRow('1'), eventRow('1')];
    const jobs = [first, first, copy].map(({ key }) => jobRow({ ref: key }));
    const inserted = await machine.database.transaction(() =>
      machine.inbox.insertWithJobs([first, copy], jobs),
    );
    expect(inserted).toEqual({ keys: new Set([first.key]), waiting: new Set() });
    const added = await machine.dataSource.getRepository(JobEntity).find();
    expect(added.map(({ id }) => id).toSorted()).toEqual([jobs[0]!.id, jobs[1]!.id].toSorted());
  });

  it('REQ-31 leaves no mark of an event whose job could not be inserted', async () => {
    const event = eventRow('1');
    const wrong = jobRow({ ref: event.key, kind: null as never });
    const error: unknown = await machine.database
      .transaction(() => machine.inbox.insertWithJobs([event], [wrong]))
      .catch((thrown: unknown) => thrown);
    expect(machine.database.isValueError(error)).toBe(true);
    expect((await insert([eventRow('1')])).size).toBe(1);
  });

  it('loads the events whose keys exist', async () => {
    const events = Array.from({ length: 150 }, (_, index) => eventRow(`é🎮${index}`));
    await insert(events);
    const keys = [...events.map(({ key }) => key), jobRow().id];
    const loaded = await machine.database.transaction(() => machine.inbox.load(keys));
    expect(loaded.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
      events.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    );
    expect(await machine.database.transaction(() => machine.inbox.load([]))).toEqual([]);
  });

  if (kind.name === 'MySQL') {
    it('tells a body that is too large for the server from a server that does not answer', async () => {
      const [row] = (await machine.dataSource.query('SELECT @@max_allowed_packet AS bytes')) as {
        bytes: string;
      }[];
      const body = 'x'.repeat(Number(row!.bytes));
      const error: unknown = await insert([eventRow('1', { body })]).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'PACKET_TOO_LARGE' });
      expect(machine.database.isValueError(error)).toBe(true);
      expect((await insert([eventRow('1')])).size).toBe(1);
    });

    it('leaves the isolation of the sessions as the application has set it', async () => {
      const isolation = (): Promise<unknown> =>
        machine.dataSource.query("SHOW VARIABLES LIKE '%x_isolation'");
      const before = await isolation();
      await insert([eventRow('1')]);
      await machine.database.managed((manager) => manager.find(EventEntity));
      expect(await isolation()).toEqual(before);
    });
  }
});
