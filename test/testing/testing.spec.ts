import { AssertionError } from 'node:assert';
import { Injectable, type INestApplication } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Discard,
  email,
  hmac,
  httpPost,
  InboxService,
  NotificationService,
  OnWebhook,
  standardWebhooks,
  unsigned,
  WebhookModule,
  type ChannelMessage,
  type NotificationChannel,
  type SendReceipt,
  type WebhookEvent,
} from 'nestjs-hookline';
import { github } from 'nestjs-hookline/signatures';
import {
  drain,
  expectHandled,
  expectNotified,
  FakeClock,
  NOTIFICATION_CHANNELS,
  RecordedNotifications,
  samplePayload,
  sampleRequest,
  signedRequest,
} from 'nestjs-hookline/testing';
import request from 'supertest';
import { RecordingLogger } from '../support/recording.logger.js';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const game = standardWebhooks({ secret: SECRET });
const shop = hmac({
  secret: 'shop secret',
  signature: { header: 'x-shop-signature' },
  id: { header: 'x-shop-id' },
  type: { header: 'x-shop-topic' },
});

class SmsChannel implements NotificationChannel<{ to: string; text: string }> {
  readonly name = 'sms';

  recipient({ to }: { to: string }): string {
    return to;
  }

  send(_message: ChannelMessage<{ to: string; text: string }>): Promise<SendReceipt> {
    throw new Error('the gateway must not be called in a test');
  }
}

@Injectable()
class Handlers {
  readonly seen: WebhookEvent[] = [];

  @OnWebhook('points.updated')
  save(event: WebhookEvent): void {
    this.seen.push(event);
  }

  @OnWebhook('order.**')
  order(event: WebhookEvent): Discard | void {
    this.seen.push(event);
    if (event.type === 'order.lost') return new Discard('nobody ordered it');
    if (event.type === 'order.broken') throw new Error('no stock');
  }
}

async function startModule(
  clock: FakeClock,
  recorded: RecordedNotifications,
  fastify = false,
): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        type: 'better-sqlite3',
        database: ':memory:',
        autoLoadEntities: true,
        synchronize: true,
      }),
      WebhookModule.forRoot({
        clock,
        sources: { game, github: github({ secret: 'gh secret' }), shop, open: unsigned() },
        notifications: { channels: [SmsChannel] },
      }),
    ],
    providers: [Handlers],
  })
    .overrideProvider(NOTIFICATION_CHANNELS)
    .useFactory(recorded)
    .setLogger(new RecordingLogger())
    .compile();
  const app = fastify
    ? module.createNestApplication<NestFastifyApplication>(new FastifyAdapter())
    : module.createNestApplication();
  await app.init();
  return app;
}

const at = (clock: FakeClock) => ({ timestamp: clock.date });
const points = { type: 'points.updated', data: { userId: 1, points: 150, name: 'Jürgen ✓' } };

/** The message of the AssertionError that a promise or function ends with. */
async function failureOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error('It did not fail.');
}

describe('The testing kit', () => {
  let clock: FakeClock;
  let recorded: RecordedNotifications;
  let app: INestApplication;

  beforeAll(async () => {
    clock = new FakeClock();
    recorded = new RecordedNotifications();
    app = await startModule(clock, recorded);
  });

  afterAll(() => app.close());

  describe('signedRequest', () => {
    it('fits supertest, for JSON and for forms', async () => {
      const json = signedRequest(game, points, at(clock));
      await request(app.getHttpServer())
        .post('/webhooks/game')
        .set(json.headers)
        .send(json.body)
        .expect(200);
      const form = signedRequest(
        shop,
        { order: 7, note: 'a&b=ü' },
        { id: 'f1', headers: { 'X-Shop-Topic': 'order.paid' }, format: 'form' },
      );
      await request(app.getHttpServer())
        .post('/webhooks/shop')
        .set(form.headers)
        .send(form.body)
        .expect(200);
      await drain(app);
      const paid = await expectHandled(app, { source: 'shop', id: 'f1', type: 'order.paid' });
      expect(paid.data).toEqual({ order: '7', note: 'a&b=ü' });
    });

    it('fits fetch', async () => {
      await app.listen(0, '127.0.0.1');
      const signed = signedRequest(game, points, { ...at(clock), id: 'by-fetch' });
      const response = await fetch(`${await app.getUrl()}/webhooks/game`, signed);
      expect(response.status).toBe(200);
      await drain(app);
      const event = await expectHandled(app, { source: 'game', id: 'by-fetch' });
      expect(event.data).toEqual(points.data);
    });

    it('fits inject() of Fastify', async () => {
      const fastify = await startModule(clock, new RecordedNotifications(), true);
      try {
        const signed = signedRequest(game, points, { ...at(clock), id: 'by-inject' });
        const response = await (fastify as NestFastifyApplication).inject({
          ...signed,
          method: 'POST',
          url: '/webhooks/game',
        });
        expect(response.statusCode).toBe(200);
        await drain(fastify);
        const { data } = await expectHandled(fastify, { source: 'game', id: 'by-inject' });
        expect(data).toEqual(points.data);
      } finally {
        await fastify.close();
      }
    });

    it('signs text as it is, and refuses what is not text', () => {
      expect(signedRequest(game, '{"a": 1}').body).toBe('{"a": 1}');
      expect(signedRequest(shop, new URLSearchParams({ a: '1' }), { id: 'x' })).toMatchObject({
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-shop-id': 'x' },
        body: 'a=1',
      });
      expect(() => signedRequest(game, Buffer.from([0xff, 0xfe]))).toThrow('not text in UTF-8');
      expect(() => signedRequest(game, undefined)).toThrow('JSON cannot hold');
    });

    it('makes a new event each time, unless it is given an id', () => {
      const ids = [1, 2].map(() => signedRequest(game, points).headers['webhook-id']);
      expect(new Set(ids).size).toBe(2);
      expect(signedRequest(game, points, { id: 'one' }).headers['webhook-id']).toBe('one');
    });
  });

  describe('drain', () => {
    it('runs what is due, and what the clock makes due', async () => {
      const { headers, body } = signedRequest(
        game,
        { type: 'order.broken', data: {} },
        { ...at(clock), id: 'broken' },
      );
      await request(app.getHttpServer()).post('/webhooks/game').set(headers).send(body).expect(200);
      await drain(app);
      const handlers = app.get(Handlers);
      const attempts = () => handlers.seen.filter(({ id }) => id === 'broken').length;
      expect(attempts()).toBe(1);
      clock.advance(60_000);
      await drain(app);
      expect(attempts()).toBe(2);
    });

    it('says what is missing in an application without the module', async () => {
      const module = await Test.createTestingModule({}).compile();
      await expect(drain(module)).rejects.toThrow('The application has no WebhookModule.');
    });
  });

  describe('expectHandled', () => {
    const post = async (type: string, id: string): Promise<void> => {
      const { headers, body } = signedRequest(game, { type, data: {} }, { ...at(clock), id });
      await request(app.getHttpServer()).post('/webhooks/game').set(headers).send(body).expect(200);
    };

    it('tells that nothing was stored, and what was', async () => {
      await post('points.updated', 'stored');
      expect(await failureOf(() => expectHandled(app, { source: 'game', id: 'other' }))).toMatch(
        /an event of source 'game' with the id 'other', and none is stored[^]*game 'stored', type 'points.updated' \(accepted\)/,
      );
    });

    it('tells that no handler wants the event', async () => {
      await post('nobody.wants', 'ignored');
      expect(await failureOf(() => expectHandled(app, { source: 'game', id: 'ignored' }))).toMatch(
        /it was ignored: no handler and no rule wants/,
      );
    });

    it('tells why a handler failed, or gave up', async () => {
      await post('order.broken', 'failing');
      await post('order.lost', 'lost');
      await drain(app);
      expect(await failureOf(() => expectHandled(app, { source: 'game', id: 'failing' }))).toMatch(
        /Handlers.order: retryable after attempt 1 of 12: Error: no stock/,
      );
      expect(await failureOf(() => expectHandled(app, { source: 'game', id: 'lost' }))).toMatch(
        /Handlers.order: discarded after attempt 1 of 12: .*nobody ordered it/,
      );
    });

    it('tells who was given it, where another handler is named', async () => {
      await post('points.updated', 'named');
      await drain(app);
      await expectHandled(app, { source: 'game', id: 'named', handler: 'Handlers.save' });
      const wrong = { source: 'game', id: 'named', handler: 'Handlers.order' };
      expect(await failureOf(() => expectHandled(app, wrong))).toMatch(
        /to be given to 'Handlers.order'[^]*- Handlers.save: completed/,
      );
    });
  });

  describe('RecordedNotifications', () => {
    beforeEach(() => recorded.clear());

    it('records every channel, those of the application too, and sends nothing', async () => {
      const notifications = app.get(NotificationService, { strict: false });
      await notifications.notify(email({ to: 'a@example.com', subject: 'Hello', text: 'you' }));
      await notifications.notify(httpPost({ url: 'https://chat.example.com/x', json: { a: 1 } }));
      await notifications.notify({ channel: 'sms', payload: { to: '+43 1', text: 'Hello' } });
      await drain(app);
      expect(recorded.all.map(({ channel, to }) => `${channel} ${to}`)).toEqual([
        'email a@example.com',
        'http chat.example.com',
        'sms +43 1',
      ]);
      expect((await notifications.list({ channel: 'sms' })).items).toMatchObject([
        { state: 'completed', receipt: 'recorded' },
      ]);
    });

    it('refuses what the real channel would refuse', async () => {
      const notifications = app.get(NotificationService, { strict: false });
      await expect(
        notifications.notify(
          email({ to: 'a@example.com\nBcc: b@example.com', subject: 'x', text: 'y' }),
        ),
      ).rejects.toMatchObject({ code: 'INVALID_NOTIFICATION' });
      await expect(notifications.notify({ channel: 'fax', payload: {} })).rejects.toMatchObject({
        code: 'UNKNOWN_CHANNEL',
      });
    });

    it('fails as a channel that is down does, and is tried again', async () => {
      const notifications = app.get(NotificationService, { strict: false });
      recorded.failNext();
      await notifications.notify({ channel: 'sms', payload: { to: '+43 2', text: 'Hello' } });
      await drain(app);
      expectNotified(recorded, { channel: 'sms', times: 0 });
      clock.advance(60_000);
      await drain(app);
      const [sent] = expectNotified(recorded, { channel: 'sms', to: '+43 2', times: 1 });
      expect(sent?.attempt).toBe(2);
    });
  });

  describe('expectNotified', () => {
    it('tells what was sent instead', async () => {
      recorded.clear();
      expect(await failureOf(() => expectNotified(recorded, { channel: 'email' }))).toMatch(
        /by 'email' at least once, got it 0 times[^]*none. Was drain\(app\) called\?/,
      );
      await app
        .get(NotificationService, { strict: false })
        .notify(email({ to: 'a@example.com', subject: 'Hello', text: 'you' }));
      await drain(app);
      expectNotified(recorded, { payload: { subject: 'Hello' } });
      expect(
        await failureOf(() => expectNotified(recorded, { payload: { subject: 'Bye' } })),
      ).toMatch(/with subject as given[^]*- email to a@example.com/);
      expect(await failureOf(() => expectNotified(recorded, { times: 2 }))).toMatch(
        /2 times, got it 1 times/,
      );
    });
  });

  describe('samples', () => {
    it('are the same event for the same id, and may be changed', () => {
      const first = samplePayload('stripe', 'invoice.paid', { at: clock.date });
      first.data.object.amount_paid = 0;
      const second = samplePayload('stripe', 'invoice.paid', { at: clock.date });
      expect(second.data.object.amount_paid).toBe(2500);
      expect(second.id).toBe(first.id);
    });

    it('name what there is, where there is no such sample', () => {
      expect(() => samplePayload('stripe', 'invoice.lost' as 'invoice.paid')).toThrow(
        /no sample of 'stripe' for 'invoice.lost'. There are: invoice.paid,/,
      );
      expect(() => samplePayload('constructor' as 'stripe', 'invoice.paid')).toThrow(
        /no samples of 'constructor'/,
      );
    });

    it('are sent with the headers that hold their type', async () => {
      const { headers, body } = sampleRequest('github', 'issues.opened', { secret: 'gh secret' });
      await request(app.getHttpServer())
        .post('/webhooks/github')
        .set(headers)
        .send(body)
        .expect(200);
      const stored = (await app.get(InboxService, { strict: false }).list({ source: 'github' }))
        .items;
      expect(stored).toMatchObject([{ type: 'issues.opened', id: 'evt_sample' }]);
    });
  });
});
