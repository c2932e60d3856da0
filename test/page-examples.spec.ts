import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type * as Hookline from '../lib/index.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { WebhookModule } from '../lib/module/webhook.module.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { stripe } from '../lib/signatures/providers/stripe/stripe.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { TimerService } from '../lib/timers/timer.service.js';
import { drain } from '../lib/testing/drain.js';
import { NOTIFICATION_CHANNELS, RecordedNotifications } from '../lib/testing/index.js';
import { ADAPTERS } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { sign } from './support/game.js';
import { BLOCKS, PageExamples, type Running } from './support/page.examples.js';
import { RecordingLogger } from './support/recording.logger.js';

describeOnDatabases('The examples of the pages', (kind) => {
  const examples = new PageExamples(kind);

  const post = (
    url: string,
    { body, headers }: { body: string | Buffer; headers: Record<string, string> },
  ) => fetch(url, { method: 'POST', body: body.toString(), headers });

  const postStripe = async ({ app, url }: Running, id: string, type: string, object: object) => {
    const body = JSON.stringify({ id, type, ...object });
    const { headers } = stripe({ secret: 'whsec_a' }).sign({ id, timestamp: new Date(), body });
    const answer = await post(`${url}/webhooks/stripe`, {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect(answer.status).toBe(200);
    await drain(app);
  };

  const states = async ({ app }: Running): Promise<(readonly [string, string])[]> =>
    (await app.get(QueueService).list()).items.map(({ name, state }) => [name, state] as const);

  it.each(ADAPTERS)('F-33 the quick start runs as printed with %s', async (adapter) => {
    const { AppModule } = await examples.load<{ AppModule: Type }>("name: 'reached-100-points'");
    const { app, url } = await examples.start(AppModule, adapter);
    examples.mails.mails.length = 0;
    for (const points of [50, 150, 160]) {
      const data = { userId: 1, email: 'jane@example.com', points };
      const answer = await post(
        `${url}/webhooks/game`,
        sign(JSON.stringify({ type: 'points.updated', data })),
      );
      expect(answer.status).toBe(200);
      await drain(app);
    }
    expect(examples.mails.mails).toMatchObject([
      { to: ['jane@example.com'], subject: 'Congratulations!' },
    ]);
  });

  it('F-33 options that need other providers run as printed', async () => {
    const { AppModule } = await examples.load<{ AppModule: Type }>('forRootAsync({');
    const { url } = await examples.start(AppModule);
    const answer = await post(`${url}/webhooks/game`, sign('{"type":"points.updated","data":{}}'));
    expect(answer.status).toBe(200);
    expect((await post(`${url}/webhooks/game`, { body: '{}', headers: {} })).status).toBe(401);
  });

  it('F-33 a source with options of its own runs as printed', async () => {
    const { shop } = await examples.load<{ shop: Hookline.SourceOptions }>('export const shop');
    const { app, url } = await examples.startWith({ sources: { shop } });
    const send = (id: string, content: object) => {
      const body = JSON.stringify(content);
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const digest = createHmac('sha256', 'a secret of the shop')
        .update(`${timestamp}.${body}`)
        .digest('hex');
      const signature = { 'x-shop-signature': `sha256=${digest}`, 'x-shop-timestamp': timestamp };
      const headers = { 'content-type': 'application/json', 'x-shop-delivery': id, ...signature };
      return post(`${url}/webhooks/shop`, { body, headers });
    };
    expect((await send('1', { topic: 'order.paid', orderId: 'o1' })).status).toBe(200);
    expect((await send('2', { topic: 'order.paid' })).status).toBe(200);
    expect((await app.get(InboxService).list()).items).toMatchObject([
      { id: '2', status: 'rejected' },
      { id: '1', type: 'order.paid', status: 'ignored' },
    ]);
  });

  it('F-33 the store of secrets runs as printed', async () => {
    const { DatabaseSecretStore, HandedSecret } = await examples.load<{
      DatabaseSecretStore: new (dataSource: DataSource) => Hookline.SecretStore;
      HandedSecret: Type;
    }>('implements SecretStore');
    const { app } = await examples.startWith({ entities: [HandedSecret] });
    const store = new DatabaseSecretStore(app.get(DataSource));
    const request = { url: '/webhooks/asana?a=1' } as Hookline.SignedRequest;
    expect(await store.find(request)).toBeUndefined();
    expect(await store.keepFirst(request, 'first')).toBe(true);
    expect(await store.keepFirst(request, 'second')).toBe(false);
    expect(await store.find(request)).toBe('first');
  });

  it('F-33 handlers run as printed', async () => {
    const { Billing, Audit, InvoiceEntity } = await examples.load<{
      Billing: Type;
      Audit: Type;
      InvoiceEntity: Type;
    }>('class Billing');
    const running = await examples.startWith({
      sources: { stripe: { scheme: stripe({ secret: 'whsec_a' }) } },
      providers: [Billing, Audit],
      entities: [InvoiceEntity],
    });
    const invoices = running.app.get(DataSource).getRepository(InvoiceEntity);
    await invoices.insert({ id: 'in_1', paid: false });
    // The CRM of the example answers nothing here.
    const real = globalThis.fetch;
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((input, init) =>
        String(input).startsWith('https://crm.example.com')
          ? Promise.resolve(new Response(null, { status: 410 }))
          : real(input, init),
      );
    await postStripe(running, 'evt_1', 'invoice.paid', { id: 'in_1', total: 5 }).finally(() =>
      jest.restoreAllMocks(),
    );
    expect(await invoices.find()).toEqual([{ id: 'in_1', paid: true }]);
    expect((await states(running)).toSorted()).toEqual([
      ['Audit.everything', 'completed'],
      ['Billing.mirror', 'discarded'],
      ['Billing.paid', 'completed'],
    ]);
  });

  it('F-33 typed events run as printed', async () => {
    const { Ledger } = await examples.load<{ Ledger: Type }>('class Ledger');
    const facts = { id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' } as const;
    const running = await examples.startWith({
      sources: { billing: unsigned(facts) },
      providers: [Ledger],
    });
    const body = JSON.stringify({ id: '1', type: 'invoice.paid', data: { id: 'in_1', total: 5 } });
    const headers = { 'content-type': 'application/json' };
    expect((await post(`${running.url}/webhooks/billing`, { body, headers })).status).toBe(200);
    await drain(running.app);
    expect(await states(running)).toEqual([['Ledger.book', 'completed']]);
  });

  it('F-33 rules and notifications run as printed', async () => {
    const { Balances } = await examples.load<{ Balances: Type }>('class Balances');
    const recorded = new RecordedNotifications();
    const bank = unsigned({ id: { path: 'id' }, type: { path: 'type' }, dataPath: 'data' });
    const module = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(examples.options),
        WebhookModule.forRoot({ sources: { bank } }),
      ],
      providers: [Balances],
    })
      .overrideProvider(NOTIFICATION_CHANNELS)
      .useFactory(recorded)
      .compile();
    const app = module.createNestApplication({ logger: new RecordingLogger() });
    const { url } = await examples.listen(app);
    const data = { accountId: 'a', cents: -1, email: 'jane@example.com' };
    const body = JSON.stringify({ id: '1', type: 'balance.changed', data });
    const headers = { 'content-type': 'application/json' };
    await post(`${url}/webhooks/bank`, { body, headers });
    const balances = app.get<{ remind(accountId: string, to: string): Promise<void> }>(Balances);
    for (const _ of ['once', 'again']) await balances.remind('a', 'jane@example.com');
    await drain(app);
    expect(recorded.all.map(({ channel }) => channel).toSorted()).toEqual([
      'email',
      'email',
      'http',
    ]);
  });

  it('F-33 timers run as printed', async () => {
    const { Orders, OrderEntity } = await examples.load<{ Orders: Type; OrderEntity: Type }>(
      'class Orders',
    );
    const { app } = await examples.startWith({ providers: [Orders], entities: [OrderEntity] });
    const orders = app.get<{ place(order: object): Promise<void>; pay(id: string): Promise<void> }>(
      Orders,
    );
    for (const id of ['o1', 'o2']) {
      await orders.place({ id, email: 'jane@example.com', paid: false });
    }
    await orders.pay('o1');
    const { items } = await app.get(TimerService).list();
    expect(items.map(({ key, state }) => [key, state])).toEqual([
      ['o2', 'available'],
      ['o1', 'cancelled'],
    ]);
  });

  it('F-33 pollers run as printed', async () => {
    const { Pollers, User } = await examples.load<{ Pollers: Type; User: Type }>('class Pollers');
    const { app } = await examples.startWith({ providers: [Pollers], entities: [User] });
    const polls = app.get(PollRegistry);
    await polls.run('users');
    await app.get(DataSource).getRepository(User).insert({ id: 1, points: 100 });
    expect(await polls.run('users')).toMatchObject({ outcome: 'done', ignored: 1 });
    const server: Server = createServer((_request, response) => {
      response.end(JSON.stringify({ orders: [{ id: 'o1' }], next: 'c1' }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address() as { port: number };
    const real = globalThis.fetch;
    jest
      .spyOn(globalThis, 'fetch')
      .mockImplementation((_input, init) => real(`http://127.0.0.1:${address.port}/`, init));
    try {
      expect(await polls.run('orders')).toMatchObject({ outcome: 'done', ignored: 1 });
    } finally {
      jest.restoreAllMocks();
      server.close();
    }
  });

  it('F-33 migrations run as printed', async () => {
    const block = BLOCKS.find((text) => text.includes('migrationsRun: true'))!;
    expect(block).toMatch(/migrations: \[\.\.\.webhookMigrations\]/);
    const { webhookMigrations } = await import('../lib/index.js');
    // The others have made tables of this name already.
    const database = await kind.create();
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...database.options,
          synchronize: false,
          migrations: [...webhookMigrations],
          migrationsRun: true,
        } as typeof database.options),
        WebhookModule.forRoot(),
      ],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, {
      logger: new RecordingLogger(),
      abortOnError: false,
    });
    try {
      await app.listen(0, '127.0.0.1');
    } finally {
      await app.close();
      await database.drop();
    }
  });
});
