import { z } from 'zod';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { hmac } from '../lib/signatures/schemes/hmac.scheme.js';
import { ADAPTERS } from './support/application.js';
import { BatchApp, contentOf, SECRET } from './support/batch.app.js';
import { describeOnDatabases } from './support/databases.js';
import { SharedDatabase } from './support/shared.database.js';

const bank = hmac({
  name: 'bank',
  secret: SECRET,
  signature: { header: 'x-signature' },
  items: 'events',
  id: { path: 'id' },
  type: { path: 'type' },
  dataPath: 'data',
});

/** Gives no ids. */
const list = hmac({
  name: 'list',
  secret: SECRET,
  signature: { header: 'x-signature' },
  items: '',
  type: { path: 'type' },
});

const sheet = z.object({ n: z.number() });

describeOnDatabases('Batches', (kind) => {
  const database = new SharedDatabase(kind);

  describe.each(ADAPTERS)('with %s', (adapter) => {
    const app = new BatchApp(database, adapter, {
      bank,
      list,
      strict: { scheme: bank, schema: sheet },
      keeping: { scheme: bank, schema: sheet, onInvalidPayload: 'store' },
      tenants: {
        scheme: list,
        id: (_, item) => (item as { key: number }).key,
        type: () => 'paid.once',
      },
      form: unsigned({ items: 'a' }),
    });

    const jobs = (): Promise<number> => app.dataSource().getRepository(JobEntity).count();

    it('makes an event of each item, with its own bytes, data and id', async () => {
      const first = '{"id":"e1", "type":"paid.once", "data":{"n":1.0, "t":"\\u00e9"}}';
      const second = '{"type":"paid.twice","id":"e2"}';
      const answer = await app.send('bank', bank, `{"meta":1, "events": [ ${first} ,${second}]}`);
      expect(answer.status).toBe(200);
      expect(contentOf(answer)).toEqual({
        status: 'accepted',
        accepted: 2,
        duplicates: 0,
        ignored: 0,
      });
      await app.drain();
      expect(app.seen().toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
        { id: 'e1', type: 'paid.once', data: { n: 1, t: 'é' }, rawBody: Buffer.from(first) },
        { id: 'e2', type: 'paid.twice', data: { id: 'e2' }, rawBody: Buffer.from(second) },
      ]);
      expect(await app.stored()).toMatchObject([
        { id: 'e1', body: first, dataPath: 'data' },
        { id: 'e2', body: second, dataPath: '' },
      ]);
    });

    it('reads an item back from its bytes', async () => {
      await app.send('bank', bank, '{"events":[{"id":"x"},{"id":"e","type":"a","data":{"n":7}}]}');
      const inbox = app.app.get(InboxService);
      const [found] = (await inbox.list({ id: 'e' })).items;
      expect(await inbox.read(found!.key)).toMatchObject({
        data: { n: 7 },
        rawBody: Buffer.from('{"id":"e","type":"a","data":{"n":7}}'),
      });
    });

    it('tells accepted, ignored and repeated events apart, also inside of one request', async () => {
      const item = (id: string, type = 'paid.once'): string => JSON.stringify({ id, type });
      await app.send('bank', bank, `{"events":[${item('a')}]}`);
      const answer = await app.send(
        'bank',
        bank,
        `{"events":[${item('a')},${item('b')},${item('b')},${item('c', 'unknown')}]}`,
      );
      expect(contentOf(answer)).toEqual({
        status: 'accepted',
        accepted: 1,
        duplicates: 2,
        ignored: 1,
      });
      expect((await app.stored()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(await jobs()).toBe(2);
      const again = await app.send('bank', bank, `{"events":[${item('a')},${item('b')}]}`);
      expect(contentOf(again)).toMatchObject({ status: 'duplicate', duplicates: 2 });
    });

    it('takes a request without events', async () => {
      const answer = await app.send('bank', bank, '{"events":[]}');
      expect(answer.status).toBe(200);
      expect(contentOf(answer)).toEqual({
        status: 'ignored',
        accepted: 0,
        duplicates: 0,
        ignored: 0,
      });
      expect(await app.stored()).toEqual([]);
    });

    it('takes a digest of the item for the id where there is none', async () => {
      const same = '{"type":"paid.once","n":1}';
      expect(
        contentOf(await app.send('list', list, `[${same},{"type":"paid.once","n":2}]`)),
      ).toMatchObject({ accepted: 2 });
      expect(contentOf(await app.send('list', list, `[ ${same}, ${same} ]`))).toMatchObject({
        accepted: 0,
        duplicates: 2,
      });
    });

    it("asks the source's functions for each item", async () => {
      const answer = await app.send('tenants', list, '[{"key":1},{"key":2},{"key":1}]');
      expect(contentOf(answer)).toMatchObject({ accepted: 2, duplicates: 1 });
      expect((await app.stored()).map(({ id, type }) => [id, type])).toEqual([
        ['1', 'paid.once'],
        ['2', 'paid.once'],
      ]);
    });

    it('refuses the whole request where one item fails a schema, and says which', async () => {
      const answer = await app.send(
        'strict',
        bank,
        '{"events":[{"id":"a","data":{"n":1}},{"id":"b","data":{"n":"x"}}]}',
      );
      expect(answer.status).toBe(422);
      expect(contentOf(answer)).toMatchObject({ issues: [{ path: 'events.1.data.n' }] });
      expect(await app.stored()).toEqual([]);
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'strict' with 422: its data does not fit the schema (1 issue)",
      ]);
    });

    it('stores such an item as rejected where the source says so, beside the others', async () => {
      const answer = await app.send(
        'keeping',
        bank,
        '{"events":[{"id":"a","type":"paid.once","data":{"n":1}},{"id":"b","data":{"n":"x"}}]}',
      );
      expect(contentOf(answer)).toEqual({
        status: 'accepted',
        accepted: 1,
        duplicates: 0,
        ignored: 0,
        rejected: 1,
      });
      expect(await app.stored()).toMatchObject([
        { id: 'a', status: 'accepted' },
        { id: 'b', status: 'rejected', reason: expect.stringContaining('n:') as string },
      ]);
    });

    it('REQ-27 refuses the whole request where one id is too long', async () => {
      const answer = await app.send(
        'bank',
        bank,
        JSON.stringify({ events: [{ id: 'a' }, { id: 'i'.repeat(256) }] }),
      );
      expect(answer.status).toBe(400);
      expect(await app.stored()).toEqual([]);
      expect(app.logger.of('warn')).toEqual([expect.stringContaining("at 'events.1'")]);
    });

    it('REQ-31 stores all of a request or none of it, and takes it the next time', async () => {
      const body = JSON.stringify({
        events: [1, 2, 3].map((n) => ({ id: `e${n}`, type: 'paid.once' })),
      });
      const table = app.dataSource().getMetadata(JobEntity).tablePath;
      await app.dataSource().query(`ALTER TABLE ${table} RENAME TO job_away`);
      const answer = await app.send('bank', bank, body);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(await app.stored()).toEqual([]);
      const back = table.includes('.') ? `${table.split('.')[0]}.job_away` : 'job_away';
      await app.dataSource().query(`ALTER TABLE ${back} RENAME TO ${table.split('.').at(-1)}`);
      expect(contentOf(await app.send('bank', bank, body))).toMatchObject({ accepted: 3 });
      await app.drain();
      expect(app.seen()).toHaveLength(3);
    });

    it('REQ-29 takes batches that overlap and come at once, each event once', async () => {
      const bodyOf = (from: number): string =>
        JSON.stringify({
          events: Array.from({ length: 12 }, (_, n) => ({ id: `e${from + n}`, type: 'paid.once' })),
        });
      const answers = await Promise.all(
        [0, 6, 12, 0, 6].map((from) => app.send('bank', bank, bodyOf(from))),
      );
      const accepted = answers.map(
        (answer) => (contentOf(answer) as { accepted: number }).accepted,
      );
      expect(accepted.reduce((sum, count) => sum + count)).toBe(24);
      expect(await app.stored()).toHaveLength(24);
      await app.drain();
      expect(new Set(app.seen().map(({ id }) => id)).size).toBe(24);
      expect(app.seen()).toHaveLength(24);
    });

    it('REQ-34 retries one event of a request alone', async () => {
      await app.send(
        'bank',
        bank,
        '{"events":[{"id":"a","type":"fails.once"},{"id":"b","type":"paid.x"}]}',
      );
      await app.drain();
      app.clock.advance(60_000);
      await app.drain();
      expect(
        app
          .seen()
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(['a', 'a', 'b']);
      for (const event of app.seen().filter(({ id }) => id === 'a')) {
        expect(event.rawBody.toString()).toBe('{"id":"a","type":"fails.once"}');
      }
    });

    it('makes an event of each item of a form, whose items have no bytes of their own', async () => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(contentOf(await app.post('/webhooks/form', 'a=1&a=2&a=3', type))).toMatchObject({
        ignored: 3,
        duplicates: 0,
      });
      expect(contentOf(await app.post('/webhooks/form', 'a=1&a=2&a=3', type))).toMatchObject({
        ignored: 0,
        duplicates: 3,
      });
      const long = `${'a=1&'.repeat(100)}b=${'x'.repeat(500_000)}`;
      expect((await app.post('/webhooks/form', long, type)).status).toBe(413);
    });

    it('refuses more events than one transaction should have', async () => {
      const answer = await app.send('list', list, `[${'1,'.repeat(10_000)}1]`);
      expect(answer.status).toBe(413);
      expect(await app.stored()).toEqual([]);
    });

    it('REQ-45 keeps prototypes out of items', async () => {
      await app.send(
        'bank',
        bank,
        '{"events":[{"id":"p","type":"paid.once","__proto__":{"admin":1}}]}',
      );
      await app.drain();
      expect(app.seen()).toHaveLength(1);
      expect((app.seen()[0]!.data as { admin?: number }).admin).toBeUndefined();
      expect(Object.keys(app.seen()[0]!.data as object)).toEqual(['id', 'type']);
    });
  });
});
