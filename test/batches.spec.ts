import { generateKeyPairSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { hmac } from '../lib/signatures/schemes/hmac.scheme.js';
import { gocardless } from '../lib/signatures/providers/gocardless/gocardless.js';
import { hubspot } from '../lib/signatures/providers/hubspot/hubspot.js';
import { sendgrid } from '../lib/signatures/providers/sendgrid/sendgrid.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { xero } from '../lib/signatures/providers/xero/xero.js';
import type { SigningScheme } from '../lib/signatures/signing.scheme.js';
import { ADAPTERS, startApp, type Answer, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';

const SECRET = 'the secret of all senders here';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const PUBLIC_URL = 'https://hooks.example';

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

@Injectable()
class Clerk {
  readonly seen: WebhookEvent[] = [];

  @OnWebhook(['paid.**', 'contact.*', 'processed', 'payments.*'])
  take(event: WebhookEvent): void {
    this.seen.push(event);
  }

  @OnWebhook('fails.once')
  failOnce(event: WebhookEvent): void {
    this.seen.push(event);
    if (this.seen.length === 1) throw new Error('not yet');
  }
}

describeOnDatabases('Batches', (kind) => {
  describe.each(ADAPTERS)('with %s', (adapter) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const mail = sendgrid({
      publicKey: undefined,
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    });
    const crm = hubspot({ secret: SECRET, url: ({ url }) => url });
    const debit = gocardless({ secret: SECRET });
    const books = xero({ secret: SECRET });
    let database: TestDatabase;
    let clock: FakeClock;
    let app: TestApp;

    beforeEach(async () => {
      database = await kind.create();
      clock = new FakeClock(NOW);
      app = await startApp({
        database,
        adapter,
        options: {
          clock,
          receiver: { publicUrl: PUBLIC_URL },
          inbox: { maxGroup: 5 },
          sources: {
            bank,
            list,
            strict: { scheme: bank, schema: sheet },
            keeping: { scheme: bank, schema: sheet, onInvalidPayload: 'store' },
            tenants: {
              scheme: list,
              id: (_, item) => (item as { key: number }).key,
              type: () => 'paid.once',
            },
            mail,
            crm,
            debit,
            books,
            form: unsigned({ items: 'a' }),
          },
        },
        host: { providers: [Clerk] },
      });
    });

    afterEach(async () => {
      await app.close();
      await database.drop();
    });

    const post = (source: string, scheme: SigningScheme, body: string | Buffer): Promise<Answer> =>
      app.post(`/webhooks/${source}`, body, {
        'content-type': 'application/json',
        ...scheme.sign({
          body,
          timestamp: new Date(NOW),
          url: `${PUBLIC_URL}/webhooks/${source}`,
        }).headers,
      });

    const contentOf = (answer: Answer): unknown => JSON.parse(answer.body);
    const stored = (): Promise<EventEntity[]> =>
      app
        .dataSource()
        .getRepository(EventEntity)
        .find({ order: { key: 'ASC' } });
    const jobs = (): Promise<number> => app.dataSource().getRepository(JobEntity).count();
    const seen = (): WebhookEvent[] => app.app.get(Clerk).seen;

    it('makes an event of each item, with its own bytes, data and id', async () => {
      const first = '{"id":"e1", "type":"paid.once", "data":{"n":1.0, "t":"\\u00e9"}}';
      const second = '{"type":"paid.twice","id":"e2"}';
      const answer = await post('bank', bank, `{"meta":1, "events": [ ${first} ,${second}]}`);
      expect(answer.status).toBe(200);
      expect(contentOf(answer)).toEqual({
        status: 'accepted',
        accepted: 2,
        duplicates: 0,
        ignored: 0,
      });
      await app.drain();
      expect(seen().toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
        { id: 'e1', type: 'paid.once', data: { n: 1, t: 'é' }, rawBody: Buffer.from(first) },
        { id: 'e2', type: 'paid.twice', data: { id: 'e2' }, rawBody: Buffer.from(second) },
      ]);
      expect(await stored()).toMatchObject([
        { id: 'e1', body: first, dataPath: 'data' },
        { id: 'e2', body: second, dataPath: '' },
      ]);
    });

    it('reads an item back from its bytes', async () => {
      await post('bank', bank, '{"events":[{"id":"x"},{"id":"e","type":"a","data":{"n":7}}]}');
      const inbox = app.app.get(InboxService);
      const [found] = (await inbox.list({ id: 'e' })).items;
      expect(await inbox.read(found!.key)).toMatchObject({
        data: { n: 7 },
        rawBody: Buffer.from('{"id":"e","type":"a","data":{"n":7}}'),
      });
    });

    it('tells accepted, ignored and repeated events apart, also inside of one request', async () => {
      const item = (id: string, type = 'paid.once'): string => JSON.stringify({ id, type });
      await post('bank', bank, `{"events":[${item('a')}]}`);
      const answer = await post(
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
      expect((await stored()).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(await jobs()).toBe(2);
      const again = await post('bank', bank, `{"events":[${item('a')},${item('b')}]}`);
      expect(contentOf(again)).toMatchObject({ status: 'duplicate', duplicates: 2 });
    });

    it('takes a request without events', async () => {
      const answer = await post('bank', bank, '{"events":[]}');
      expect(answer.status).toBe(200);
      expect(contentOf(answer)).toEqual({
        status: 'ignored',
        accepted: 0,
        duplicates: 0,
        ignored: 0,
      });
      expect(await stored()).toEqual([]);
    });

    it('takes a digest of the item for the id where there is none', async () => {
      const same = '{"type":"paid.once","n":1}';
      expect(
        contentOf(await post('list', list, `[${same},{"type":"paid.once","n":2}]`)),
      ).toMatchObject({ accepted: 2 });
      expect(contentOf(await post('list', list, `[ ${same}, ${same} ]`))).toMatchObject({
        accepted: 0,
        duplicates: 2,
      });
    });

    it("asks the source's functions for each item", async () => {
      const answer = await post('tenants', list, '[{"key":1},{"key":2},{"key":1}]');
      expect(contentOf(answer)).toMatchObject({ accepted: 2, duplicates: 1 });
      expect((await stored()).map(({ id, type }) => [id, type])).toEqual([
        ['1', 'paid.once'],
        ['2', 'paid.once'],
      ]);
    });

    it('refuses the whole request where one item fails a schema, and says which', async () => {
      const answer = await post(
        'strict',
        bank,
        '{"events":[{"id":"a","data":{"n":1}},{"id":"b","data":{"n":"x"}}]}',
      );
      expect(answer.status).toBe(422);
      expect(contentOf(answer)).toMatchObject({ issues: [{ path: 'events.1.data.n' }] });
      expect(await stored()).toEqual([]);
      expect(app.logger.of('warn')).toEqual([
        "Refused a request to source 'strict' with 422: its data does not fit the schema (1 issue)",
      ]);
    });

    it('stores such an item as rejected where the source says so, beside the others', async () => {
      const answer = await post(
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
      expect(await stored()).toMatchObject([
        { id: 'a', status: 'accepted' },
        { id: 'b', status: 'rejected', reason: expect.stringContaining('n:') as string },
      ]);
    });

    it('REQ-27 refuses the whole request where one id is too long', async () => {
      const answer = await post(
        'bank',
        bank,
        JSON.stringify({ events: [{ id: 'a' }, { id: 'i'.repeat(256) }] }),
      );
      expect(answer.status).toBe(400);
      expect(await stored()).toEqual([]);
      expect(app.logger.of('warn')).toEqual([expect.stringContaining("at 'events.1'")]);
    });

    it('REQ-31 stores all of a request or none of it, and takes it the next time', async () => {
      const body = JSON.stringify({
        events: [1, 2, 3].map((n) => ({ id: `e${n}`, type: 'paid.once' })),
      });
      const table = app.dataSource().getMetadata(JobEntity).tablePath;
      await app.dataSource().query(`ALTER TABLE ${table} RENAME TO job_away`);
      const answer = await post('bank', bank, body);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(await stored()).toEqual([]);
      const back = table.includes('.') ? `${table.split('.')[0]}.job_away` : 'job_away';
      await app.dataSource().query(`ALTER TABLE ${back} RENAME TO ${table.split('.').at(-1)}`);
      expect(contentOf(await post('bank', bank, body))).toMatchObject({ accepted: 3 });
      await app.drain();
      expect(seen()).toHaveLength(3);
    });

    it('REQ-29 takes batches that overlap and come at once, each event once', async () => {
      const bodyOf = (from: number): string =>
        JSON.stringify({
          events: Array.from({ length: 12 }, (_, n) => ({ id: `e${from + n}`, type: 'paid.once' })),
        });
      const answers = await Promise.all(
        [0, 6, 12, 0, 6].map((from) => post('bank', bank, bodyOf(from))),
      );
      const accepted = answers.map(
        (answer) => (contentOf(answer) as { accepted: number }).accepted,
      );
      expect(accepted.reduce((sum, count) => sum + count)).toBe(24);
      expect(await stored()).toHaveLength(24);
      await app.drain();
      expect(new Set(seen().map(({ id }) => id)).size).toBe(24);
      expect(seen()).toHaveLength(24);
    });

    it('REQ-34 retries one event of a request alone', async () => {
      await post(
        'bank',
        bank,
        '{"events":[{"id":"a","type":"fails.once"},{"id":"b","type":"paid.x"}]}',
      );
      await app.drain();
      clock.advance(60_000);
      await app.drain();
      expect(
        seen()
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(['a', 'a', 'b']);
      for (const event of seen().filter(({ id }) => id === 'a')) {
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
      const answer = await post('list', list, `[${'1,'.repeat(10_000)}1]`);
      expect(answer.status).toBe(413);
      expect(await stored()).toEqual([]);
    });

    it('REQ-45 keeps prototypes out of items', async () => {
      await post(
        'bank',
        bank,
        '{"events":[{"id":"p","type":"paid.once","__proto__":{"admin":1}}]}',
      );
      await app.drain();
      expect(seen()).toHaveLength(1);
      expect((seen()[0]!.data as { admin?: number }).admin).toBeUndefined();
      expect(Object.keys(seen()[0]!.data as object)).toEqual(['id', 'type']);
    });

    it('takes the events of SendGrid, with the line break at the end', async () => {
      const item = '{"sg_event_id":"s1","event":"processed","timestamp":1772366400}';
      const answer = await post('mail', mail, `[${item},\r\n{"sg_event_id":"s2","event":"x"}]\r\n`);
      expect(contentOf(answer)).toMatchObject({ accepted: 1, ignored: 1 });
      await app.drain();
      expect(seen()).toMatchObject([{ id: 's1', type: 'processed', rawBody: Buffer.from(item) }]);
    });

    it('REQ-19 takes the events of HubSpot, which signs the public URL', async () => {
      const item =
        '{"eventId":1,"subscriptionId":2,"objectId":3,"occurredAt":4,"subscriptionType":"contact.creation"}';
      expect(contentOf(await post('crm', crm, `[${item}]`))).toMatchObject({ accepted: 1 });
      const { headers } = crm.sign({
        body: `[${item}]`,
        timestamp: new Date(NOW),
        url: 'https://other.example/webhooks/crm',
      });
      const moved = await app.post('/webhooks/crm', `[${item}]`, {
        ...headers,
        'content-type': 'application/json',
        'x-forwarded-host': 'other.example',
        'x-forwarded-proto': 'https',
      });
      expect(moved.status).toBe(401);
    });

    it('takes the events of GoCardless', async () => {
      const item = '{"id":"EV1","resource_type":"payments","action":"confirmed"}';
      expect(contentOf(await post('debit', debit, `{"events":[${item}]}`))).toMatchObject({
        accepted: 1,
      });
      expect(await stored()).toMatchObject([{ id: 'EV1', type: 'payments.confirmed', body: item }]);
    });

    it('answers GoCardless 498 to a wrong signature', async () => {
      const wrong = await post('debit', gocardless({ secret: 'other' }), '{"events":[{"id":"1"}]}');
      expect(wrong).toMatchObject({ status: 498, body: '' });
      expect(await stored()).toEqual([]);
    });

    it('answers Xero with nothing in the body, whatever came of the events', async () => {
      const body = '{"events":[{"eventCategory":"INVOICE","eventType":"UPDATE"}]}';
      for (const expected of [1, 1]) {
        expect(await post('books', books, body)).toMatchObject({ status: 200, body: '' });
        expect(await stored()).toHaveLength(expected);
      }
      expect(await app.post('/webhooks/books', body)).toMatchObject({ status: 401, body: '' });
    });
  });
});
