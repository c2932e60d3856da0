import { toCursor } from '../lib/database/paging/cursor.js';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { describeOnDatabases } from './support/databases.js';
import { ListedRows } from './support/listed.rows.js';
import { allPages, eventAt, jobAt, keyAt, seconds, START } from './support/stored-rows.js';

describeOnDatabases('Lists', (kind) => {
  const stored = new ListedRows(kind);

  describe('of events', () => {
    const ids = (views: readonly { readonly id: string }[]): string[] => views.map(({ id }) => id);

    it('give each event once, newest first, however they are divided into pages', async () => {
      const rows = seconds(7).map((second) => eventAt(second));
      await stored.store(EventEntity, rows);
      const pages = await allPages((page) => stored.inbox.list({}, page), 3);
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
      expect(ids(pages.flat())).toEqual(ids(rows).toReversed());
    });

    it('end without a further page where the last one is full', async () => {
      await stored.store(
        EventEntity,
        seconds(4).map((second) => eventAt(second)),
      );
      const pages = await allPages((page) => stored.inbox.list({}, page), 2);
      expect(pages.map(({ length }) => length)).toEqual([2, 2]);
    });

    it('go on behind a page whose rows were deleted, past those that came since', async () => {
      await stored.store(
        EventEntity,
        seconds(4).map((second) => eventAt(second)),
      );
      const { next } = await stored.inbox.list({}, { limit: 2 });
      await stored.dataSource.getRepository(EventEntity).delete({ id: 'event-2' });
      await stored.store(EventEntity, [eventAt(9)]);
      expect(ids((await stored.inbox.list({}, { limit: 2, after: next })).items)).toEqual([
        'event-1',
        'event-0',
      ]);
    });

    it('filter by each property, and by when they were received', async () => {
      await stored.store(EventEntity, [
        eventAt(0, { source: 'shop' }),
        eventAt(1, { tenant: 'acme' }),
        eventAt(2, { type: 'fruit.rotten' }),
        eventAt(3, { status: 'rejected', reason: 'points: too many' }),
        eventAt(4),
      ]);
      const found = async (filter: Parameters<InboxService['list']>[0]): Promise<string[]> =>
        ids((await stored.inbox.list(filter)).items);
      const at = (second: number): Date => new Date(START + second * 1_000);
      expect(await found({ source: 'shop' })).toEqual(['event-0']);
      expect(await found({ tenant: 'acme' })).toEqual(['event-1']);
      expect(await found({ type: 'fruit.rotten' })).toEqual(['event-2']);
      expect(await found({ status: 'rejected' })).toEqual(['event-3']);
      expect(await found({ id: 'event-4' })).toEqual(['event-4']);
      expect(await found({ id: 'event-4', source: 'shop' })).toEqual([]);
      expect(await found({ from: at(1), to: at(3) })).toEqual(['event-2', 'event-1']);
      expect(await found({ id: 'event-1', from: at(2) })).toEqual([]);
    });

    it('are plain, with dates and without bodies', async () => {
      await stored.store(EventEntity, [eventAt(1, { body: 's3cret' })]);
      const view = {
        key: keyAt(1),
        source: 'garden',
        tenant: '',
        id: 'event-1',
        type: 'fruit.picked',
        status: 'accepted',
        reason: null,
        occurredAt: new Date(START),
        receivedAt: new Date(START + 1_000),
      };
      expect((await stored.inbox.list()).items).toEqual([view]);
      expect(await stored.inbox.get(keyAt(1))).toEqual(view);
    });
  });

  describe('REQ-224 with a filter that few rows match', () => {
    const SEARCHED = 10_000;
    const rare = new Set([0, 1, SEARCHED + 6]);
    const rows = seconds(2 * SEARCHED + 5).map((second) =>
      eventAt(second, rare.has(second) ? { type: 'fruit.rotten' } : {}),
    );

    it('look at 10,000 rows at a time, say how far, and miss none', async () => {
      await stored.store(EventEntity, rows);
      const filter = { type: 'fruit.rotten' };
      const first = await stored.inbox.list(filter);
      expect(first.items.map(({ id }) => id)).toEqual([`event-${SEARCHED + 6}`]);
      expect(first.searchedTo).toEqual(new Date(START + (SEARCHED + 5) * 1_000));
      const second = await stored.inbox.list(filter, { after: first.next });
      expect(second.items).toEqual([]);
      expect(second.searchedTo).toEqual(new Date(START + 5_000));
      const third = await stored.inbox.list(filter, { after: second.next });
      expect(third).toMatchObject({ next: undefined, searchedTo: undefined });
      expect(third.items.map(({ id }) => id)).toEqual(['event-1', 'event-0']);
      // Found by its index, however old it is.
      expect((await stored.inbox.list({ id: 'event-0' })).items).toHaveLength(1);
    });
  });

  it.each([0, -1, 1.5, NaN, 1_001, '10'])('refuse a limit of %p', async (given) => {
    const limit = given as number;
    for (const list of [stored.inbox, stored.queue, stored.notifications, stored.rules]) {
      await expect(list.list({}, { limit })).rejects.toThrow(/limit .* from 1 to 1000/);
    }
    await expect(stored.rules.states({}, { limit })).rejects.toThrow(RangeError);
  });

  it.each(['\u0000', 'a\u0000b', '\ud800'])(
    'REQ-224 find nothing for %j, which no database stores',
    async (text) => {
      const { inbox, queue, notifications, rules } = stored;
      for (const name of ['source', 'tenant', 'type', 'id', 'status']) {
        expect((await inbox.list({ [name]: text })).items).toEqual([]);
        expect((await inbox.replay({ status: 'accepted', [name]: text })).replayed).toBe(0);
      }
      for (const name of ['name', 'kind', 'ref', 'state']) {
        expect((await queue.list({ [name]: text })).items).toEqual([]);
      }
      for (const name of ['channel', 'recipient', 'key', 'state']) {
        expect((await notifications.list({ [name]: text })).items).toEqual([]);
      }
      expect((await rules.states({ rule: text })).items).toEqual([]);
      expect((await rules.states({ subject: text })).items).toEqual([]);
      expect(await rules.state('ripe', text)).toBeUndefined();
      expect(await rules.reset('ripe', text)).toBe(false);
      const after = toCursor('subjects', ['ripe', text]);
      await expect(rules.states({}, { after })).rejects.toThrow(/Expected after to be the `next`/);
    },
  );

  it('refuse a cursor that is none, or that of another list', async () => {
    await stored.store(
      JobEntity,
      seconds(3).map((second) => jobAt(second, { state: 'available', dueAt: 1 })),
    );
    const { next } = await stored.queue.list({ state: 'available' }, { limit: 1 });
    const text = (content: unknown): string =>
      Buffer.from(JSON.stringify(content)).toString('base64url');
    for (const after of [
      '',
      'x',
      "' OR 1=1",
      text(['newest']),
      text(['newest', 1]),
      text({}),
      next!,
    ]) {
      await expect(stored.queue.list({}, { after })).rejects.toThrow(
        /Expected after to be the `next`/,
      );
      await expect(stored.inbox.list({}, { after })).rejects.toThrow(RangeError);
      await expect(stored.rules.states({}, { after })).rejects.toThrow(RangeError);
      await expect(stored.rules.list({}, { after })).rejects.toThrow(RangeError);
    }
    // PostgreSQL would refuse to compare it with an id.
    await expect(stored.queue.list({}, { after: text(['newest', 'no UUID']) })).rejects.toThrow(
      RangeError,
    );
  });
});
