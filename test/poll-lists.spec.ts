import type { EntityTarget, ObjectLiteral } from 'typeorm';
import { PollItemEntity } from '../lib/polling/aside/poll-item.entity.js';
import { PollCursorEntity } from '../lib/polling/cursor/poll-cursor.entity.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PollerView } from '../lib/polling/poller.view.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { NEVER } from './support/players.js';
import {
  allPages,
  deleteRows,
  pollItemAt,
  seconds,
  START,
  storeRows,
} from './support/stored-rows.js';

class Pollers {
  @Poll({ name: 'users', cron: NEVER, timeZone: 'Europe/Vienna' })
  users(): void {}

  @Poll({ name: 'orders', cron: NEVER })
  orders(): void {}

  @Poll({ name: 'Shops', cron: NEVER })
  shops(): void {}
}

const names = (views: readonly { readonly name: string }[]): string[] =>
  views.map(({ name }) => name);

const items = (views: readonly { readonly poller: string; readonly item: string }[]): string[] =>
  views.map(({ poller, item }) => `${poller} ${item}`);

describeOnDatabases('Lists of polling', (kind) => {
  let database: TestDatabase;
  let host: TestApp;
  let polls: PollRegistry;

  beforeAll(async () => {
    database = await kind.create();
    const options = { roles: ['work'] as const, retention: { enabled: false } };
    host = await startApp({ database, options, host: { providers: [Pollers] } });
    polls = host.app.get(PollRegistry);
  });

  afterEach(() => deleteRows(host.dataSource(), [PollItemEntity]));

  afterAll(async () => {
    await host.close();
    await database.drop();
  });

  const store = <Row extends ObjectLiteral>(
    entity: EntityTarget<Row>,
    rows: readonly Row[],
  ): Promise<void> => storeRows(host.dataSource(), entity, rows);

  describe('of pollers', () => {
    const change = async (name: string, changes: Partial<PollCursorEntity>): Promise<void> => {
      await host.dataSource().getRepository(PollCursorEntity).update({ name }, changes);
    };

    beforeEach(async () => {
      await change('users', {
        cursor: '{"page":7}',
        lastStartedAt: START,
        lastError: 'no answer',
        failures: 2,
      });
      await change('orders', { paused: true, lastSuccessAt: START });
    });

    const users: PollerView = {
      name: 'users',
      cron: NEVER,
      timeZone: 'Europe/Vienna',
      paused: false,
      running: false,
      cursor: { page: 7 },
      lastRunAt: new Date(START),
      lastError: 'no answer',
      lastSuccessAt: null,
      failures: 2,
      setAside: 2,
      nextRunAt: expect.any(Date) as Date,
    };

    it('give each poller once, by name, however they are divided into pages', async () => {
      for (const limit of [1, 2, 3]) {
        const pages = await allPages((page) => polls.list({}, page), limit);
        expect(names(pages.flat())).toEqual(['Shops', 'orders', 'users']);
        expect(pages).toHaveLength(Math.ceil(3 / limit));
      }
      expect(await polls.list({}, { limit: 3 })).toMatchObject({
        next: undefined,
        searchedTo: undefined,
      });
    });

    it('filter by each property', async () => {
      const found = async (filter: Parameters<PollRegistry['list']>[0]): Promise<string[]> =>
        names((await polls.list(filter)).items);
      expect(await found({ paused: true })).toEqual(['orders']);
      expect(await found({ paused: false })).toEqual(['Shops', 'users']);
      expect(await found({ failing: true })).toEqual(['users']);
      expect(await found({ failing: false })).toEqual(['Shops', 'orders']);
      expect(await found({ failing: true, paused: true })).toEqual([]);
    });

    it('are plain, with dates, and count what is set aside', async () => {
      await store(PollItemEntity, [
        pollItemAt(1, { poller: 'users' }),
        pollItemAt(2, { poller: 'users' }),
        pollItemAt(3, { poller: 'users', parkedAt: START }),
        pollItemAt(4, { poller: 'gone' }),
      ]);
      const { items: views } = await polls.list({ failing: true });
      expect(views).toEqual([users]);
      expect(await polls.get('users')).toEqual(users);
      expect(await polls.get('orders')).toMatchObject({
        cursor: undefined,
        lastRunAt: null,
        lastSuccessAt: new Date(START),
        setAside: 0,
        nextRunAt: null,
      });
    });

    it.each(['another', 'USERS', '', '\u0000', "' OR 1=1"])('have no %j', async (name) => {
      expect(await polls.get(name)).toBeUndefined();
    });
  });

  describe('of what pollers could not take', () => {
    const DROPPED = { kind: 'dropped', parkedAt: START } as const;
    const HELD = { item: 'held', kind: 'held', parkedAt: START } as const;

    beforeEach(() =>
      store(PollItemEntity, [
        pollItemAt(1, { poller: 'users', parkedAt: START + 5_000 }),
        pollItemAt(2, {
          poller: 'orders',
          kind: 'event',
          content: '{"no":"type"}',
          parkedAt: START,
        }),
        pollItemAt(3, { poller: 'users', parkedAt: START }),
        pollItemAt(4, { poller: 'users' }),
        pollItemAt(5, { poller: 'gone' }),
        pollItemAt(6, { poller: 'users' }),
        pollItemAt(7, { poller: 'users', ...DROPPED }),
        pollItemAt(8, { poller: 'users', ...HELD }),
        pollItemAt(9, { poller: 'gone', parkedAt: START }),
      ]),
    );

    it('give each item once, by poller and name, and no marks', async () => {
      for (const limit of [1, 2, 3, 100]) {
        const parked = await allPages((page) => polls.parked({}, page), limit);
        expect(items(parked.flat())).toEqual([
          'gone row 9',
          'orders row 2',
          'users row 1',
          'users row 3',
        ]);
        const setAside = await allPages((page) => polls.setAside({}, page), limit);
        expect(items(setAside.flat())).toEqual(['gone row 5', 'users row 4', 'users row 6']);
      }
    });

    it('go on behind a page whose items were taken in between', async () => {
      const { next } = await polls.parked({}, { limit: 2 });
      await host.dataSource().getRepository(PollItemEntity).delete({ poller: 'orders' });
      expect(items((await polls.parked({}, { after: next })).items)).toEqual([
        'users row 1',
        'users row 3',
      ]);
    });

    it('filter by each property', async () => {
      const found = async (filter: Parameters<PollRegistry['parked']>[0]): Promise<string[][]> => [
        items((await polls.parked(filter)).items),
        items((await polls.setAside(filter)).items),
      ];
      expect(await found({ poller: 'users' })).toEqual([
        ['users row 1', 'users row 3'],
        ['users row 4', 'users row 6'],
      ]);
      expect(await found({ kind: 'event' })).toEqual([['orders row 2'], []]);
      expect(await found({ kind: 'row', poller: 'orders' })).toEqual([[], []]);
      expect(await found({ kind: 'dropped' as 'row' })).toEqual([[], []]);
      for (const poller of ['another', '', '\u0000', "' OR 1=1", 'x'.repeat(300)])
        expect(await found({ poller })).toEqual([[], []]);
    });

    it('are plain, with dates and without contents, which come with one item', async () => {
      const view = {
        poller: 'users',
        item: 'row 1',
        kind: 'row',
        attempts: 5,
        error: 'cannot take it',
        firstFailedAt: new Date(START + 1_000),
        lastFailedAt: new Date(START + 1_000),
        parkedAt: new Date(START + 5_000),
      };
      expect((await polls.parked({ poller: 'users' }, { limit: 1 })).items).toEqual([view]);
      expect(await polls.item('users', 'row 1')).toEqual({ ...view, content: '{"key":"1"}' });
      expect((await polls.setAside({ poller: 'gone' })).items).toMatchObject([{ parkedAt: null }]);
      expect(await polls.item('orders', 'row 2')).toMatchObject({
        kind: 'event',
        content: '{"no":"type"}',
      });
    });

    it.each([
      ['users', 'row 2'],
      ['another', 'row 1'],
      ['users', 'row 7'],
      ['users', 'held'],
      ['users', ''],
      ['users', '\u0000'],
      ['\u0000', 'row 1'],
      ['users', 'x'.repeat(300)],
    ])('have no item of %j with the name %j', async (poller, item) => {
      expect(await polls.item(poller, item)).toBeUndefined();
    });
  });

  describe('REQ-224 with a filter that few items match', () => {
    it('look at 10,000 items at a time, and miss none', async () => {
      const rows = seconds(10_005).map((index) => pollItemAt(index, { poller: 'users' }));
      const [first] = rows;
      const last = rows.toSorted((a, b) => (a.item < b.item ? -1 : 1)).at(-1);
      for (const row of [first!, last!]) row.parkedAt = START;
      await store(PollItemEntity, rows);
      const found = await polls.parked();
      expect(items(found.items)).toEqual(['users row 0']);
      const rest = await polls.parked({}, { after: found.next });
      expect(items(rest.items)).toEqual([`users ${last!.item}`]);
      expect(rest.next).toBeUndefined();
    });
  });

  it.each([0, -1, 1.5, NaN, 1_001, '10'])('refuse a limit of %p', async (given) => {
    const limit = given as number;
    for (const poller of ['users', '\u0000'])
      await expect(polls.parked({ poller }, { limit })).rejects.toThrow(/limit .* from 1 to 1000/);
    await expect(polls.list({}, { limit })).rejects.toThrow(/limit .* from 1 to 1000/);
    await expect(polls.setAside({}, { limit })).rejects.toThrow(RangeError);
  });

  it('refuse a cursor that is none, or that of another list', async () => {
    await store(
      PollItemEntity,
      seconds(3).map((index) => pollItemAt(index, { parkedAt: START })),
    );
    const text = (content: unknown): string =>
      Buffer.from(JSON.stringify(content)).toString('base64url');
    const { next: ofParked } = await polls.parked({}, { limit: 1 });
    const { next: ofPollers } = await polls.list({}, { limit: 1 });
    const strays = [
      '',
      'x',
      "' OR 1=1",
      text({}),
      text(['parked']),
      text(['parked', 'users', 1]),
      text(['parked', 'users', '\u0000']),
      text(['set-aside', '\u0000', 'row 1']),
      text(['named', 1]),
    ];
    for (const after of [...strays, ofParked!]) {
      await expect(polls.setAside({}, { after })).rejects.toThrow(
        /Expected after to be the `next`/,
      );
      await expect(polls.list({}, { after })).rejects.toThrow(RangeError);
    }
    for (const after of [...strays, ofPollers!])
      await expect(polls.parked({}, { after })).rejects.toThrow(RangeError);
  });
});
