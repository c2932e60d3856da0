import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import { EventEntity } from '../lib/inbox/event.entity.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationEntity } from '../lib/notifications/notification.entity.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { microsoftGraph } from '../lib/signatures/providers/microsoft-graph/microsoft-graph.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import type { Provider } from '../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../lib/signatures/samples/providers.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { ADAPTERS, startApp, type AdapterName, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';

const CLIENT_STATE = 's3cret-client-state';
const GRAPH = JSON.stringify({
  value: [
    { id: 'n1', changeType: 'updated', clientState: CLIENT_STATE, resource: 'me/messages/1' },
    { id: 'n2', changeType: 'created', clientState: CLIENT_STATE, resource: 'me/messages/2' },
  ],
});
const KEY = randomBytes(32).toString('base64');
const NEXT_KEY = randomBytes(32).toString('hex');

describe('The schemes whose events are sealed', () => {
  it('F-14 are those whose requests show a secret, as the README names them', () => {
    const given = { url: 'https://example.com/hooks', account: '' };
    const sealed = Object.entries<Provider>(PROVIDERS).filter(
      ([, { create, newSecret, account }]) => {
        const scheme = create({ ...given, secret: newSecret(), ...(account && { account }) });
        return scheme.showsSecret === true;
      },
    );
    expect(sealed.map(([name]) => name)).toEqual(['dockerHub', 'microsoftGraph']);
  });
});

let handled: WebhookEvent[] = [];

@Injectable()
class Recorder {
  @OnWebhook('**')
  handle(event: WebhookEvent): void {
    handled.push(event);
  }
}

describeOnDatabases('Secrets at rest', (kind) => {
  let database: TestDatabase;
  let chat: Server;
  let posts: { url: string | undefined; authorization: string | undefined }[];
  let url: string;
  const open: TestApp[] = [];

  beforeEach(async () => {
    database = await kind.create();
    handled = [];
    posts = [];
    chat = createServer((request, response) => {
      posts.push({ url: request.url, authorization: request.headers.authorization });
      response.end('ok');
    }).listen(0, '127.0.0.1');
    await once(chat, 'listening');
    url = `http://127.0.0.1:${(chat.address() as AddressInfo).port}/hooks/s3cret`;
  });

  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
    chat.closeAllConnections();
    chat.close();
    await database.drop();
  });

  /** Jobs run when the test says so, unless a process takes part that has no key. */
  async function start(
    options: WebhookModuleOptions = {},
    adapter: AdapterName = 'Express',
  ): Promise<TestApp> {
    const app = await startApp({
      database,
      adapter,
      options: {
        sending: LOCAL_RECEIVERS,
        sources: {
          graph: microsoftGraph({ clientState: CLIENT_STATE }),
          open: { scheme: unsigned({ id: { path: 'id' } }), storeHeaders: ['x-kind'] },
        },
        ...options,
        roles: ['receive'],
      },
      host: { providers: [Recorder] },
    });
    open.push(app);
    return app;
  }

  const json = { 'content-type': 'application/json' };
  const notify = (app: TestApp): Promise<{ id: string }> =>
    app.app
      .get(NotificationService)
      .notify(httpPost({ url, json: { text: 'Hi' }, headers: { authorization: 'Bearer s3cret' } }));
  const everything = async (app: TestApp): Promise<string> =>
    JSON.stringify([
      await app.dataSource().getRepository(EventEntity).find(),
      await app.dataSource().getRepository(NotificationEntity).find(),
      (await app.app.get(NotificationService).list()).items,
      (await app.app.get(QueueService).list()).items,
    ]);

  it('F-14 keep URL and token of a post sealed, and it is sent all the same', async () => {
    const app = await start({ sealWith: [KEY] });
    const { id } = await notify(app);
    expect(await everything(app)).not.toContain('s3cret');
    await app.drain();
    expect(posts).toEqual([{ url: '/hooks/s3cret', authorization: 'Bearer s3cret' }]);
    expect(await app.app.get(NotificationService).get(id)).toMatchObject({ state: 'completed' });
    expect(await everything(app)).not.toContain('s3cret');
  });

  it('F-14 keep a notification once per key while it is sealed', async () => {
    const app = await start({ sealWith: [KEY] });
    const send = () =>
      app.app.get(NotificationService).notify(httpPost({ url, json: 1, key: 'points:1' }));
    const first = await send();
    expect(await send()).toEqual({ status: 'duplicate', id: first.id });
  });

  it.each(ADAPTERS)(
    'F-14 keep the client state of Microsoft Graph sealed, and hand it to handlers, on %s',
    async (adapter) => {
      const receiving = await start({ sealWith: [KEY] }, adapter);
      expect((await receiving.post('/webhooks/graph', GRAPH, json)).status).toBe(200);
      expect((await receiving.post('/webhooks/graph', GRAPH, json)).body).toContain(
        '"duplicates":2',
      );
      expect(await everything(receiving)).not.toContain(CLIENT_STATE);
      const stored = await receiving.dataSource().getRepository(EventEntity).find();
      expect(stored.map(({ bodyEncoding }) => bodyEncoding)).toEqual(['sealed', 'sealed']);
      await receiving.drain();
      const ids = handled.map(({ id, data }) => [
        id,
        (data as { clientState: string }).clientState,
      ]);
      expect(ids.toSorted()).toEqual([
        ['n1', CLIENT_STATE],
        ['n2', CLIENT_STATE],
      ]);
      const [{ key } = stored[0]!] = stored;
      expect((await receiving.app.get(InboxService).read(key))?.data).toMatchObject({
        clientState: CLIENT_STATE,
      });
    },
  );

  it('F-14 are sealed where a source says `seal: true`, bytes and headers exactly', async () => {
    const scheme = unsigned({ id: { path: 'id' } });
    const app = await start({
      sealWith: [KEY],
      sources: { own: { scheme, seal: true, storeHeaders: ['x-kind'] } },
    });
    const body = '{ "id": "1", "token": "s3cret \\u0000 🎉" }';
    await app.post('/webhooks/own', body, { ...json, 'x-kind': 's3cret-kind' });
    expect(await everything(app)).not.toContain('s3cret');
    await app.drain();
    expect(handled[0]?.rawBody.toString()).toBe(body);
    expect(handled[0]?.headers).toEqual({ 'x-kind': 's3cret-kind' });
  });

  it('F-14 leave other events readable, and those of a source with `seal: false`', async () => {
    const app = await start({
      sealWith: [KEY],
      sources: {
        open: unsigned({ id: { path: 'id' } }),
        graph: { scheme: microsoftGraph({ clientState: CLIENT_STATE }), seal: false },
      },
    });
    await app.post('/webhooks/open', '{"id":"1"}', json);
    await app.post('/webhooks/graph', GRAPH, json);
    const stored = await app.dataSource().getRepository(EventEntity).find();
    expect(stored.map(({ bodyEncoding }) => bodyEncoding)).toEqual(['utf8', 'utf8', 'utf8']);
  });

  it('F-14 that were stored in clear are read once there is a key', async () => {
    const before = await start();
    await notify(before);
    await before.post('/webhooks/graph', GRAPH, json);
    expect(await everything(before)).toContain(CLIENT_STATE);
    const after = await start({ sealWith: [KEY] });
    await after.drain();
    expect(posts).toHaveLength(1);
    expect(handled).toHaveLength(2);
  });

  it('F-14 sealed with an earlier key are opened after a rotation', async () => {
    const before = await start({ sealWith: [KEY] });
    await notify(before);
    await before.post('/webhooks/graph', GRAPH, json);
    const after = await start({ sealWith: [NEXT_KEY, KEY] });
    await after.drain();
    expect(posts).toHaveLength(1);
    expect(handled).toHaveLength(2);
  });

  it('F-14 sealed with a missing key fail their jobs alone, with a reason that names the option', async () => {
    const before = await start({ sealWith: [KEY] });
    const { id } = await notify(before);
    await before.post('/webhooks/graph', GRAPH, json);
    await before.post('/webhooks/open', '{"id":"1"}', json);
    const [key] = (await before.dataSource().getRepository(EventEntity).findBy({ id: 'n1' })).map(
      (event) => event.key,
    );
    const without = await start();
    await without.drain();
    expect(handled.map((event) => event.id)).toEqual(['1']);
    expect(posts).toEqual([]);
    const failed = (await without.app.get(QueueService).list({ state: 'retryable' })).items;
    expect(failed).toHaveLength(3);
    for (const { lastError } of failed) expect(lastError).toContain('`sealWith` does not have');
    await expect(without.app.get(InboxService).read(key!)).rejects.toMatchObject({
      code: 'SEALED',
    });
    expect((await without.app.get(NotificationService).get(id))?.lastError).toContain('`sealWith`');
  });

  it('F-14 of a source that asks to be sealed are refused at start-up without a key', async () => {
    const sources = { own: { scheme: unsigned({ id: { path: 'id' } }), seal: true } };
    await expect(start({ sources })).rejects.toMatchObject({ option: 'sources.own.seal' });
  });
});
