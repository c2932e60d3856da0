import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpPost } from '../lib/notifications/channels/http/http-post.notification.js';
import { NotificationService } from '../lib/notifications/notification.service.js';
import type { FetchFunction } from '../lib/signatures/keys/guarded.fetch.js';
import type { SignatureScheme } from '../lib/signatures/signature-scheme.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { startApp, type TestApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { LOCAL_RECEIVERS } from './support/local-receivers.js';

const [sqlite] = DATABASES;

/** A scheme that fetches keys. */
class FetchingScheme implements SignatureScheme {
  readonly name = 'fetching';
  fetch: FetchFunction = () => Promise.reject(new Error('nobody has given one'));

  fetchWith(fetch: FetchFunction): void {
    this.fetch = fetch;
  }

  verify(): { readonly ok: true; readonly keyIndex: number } {
    return { ok: true, keyIndex: 0 };
  }
}

describe('Requests to other servers', () => {
  let database: TestDatabase;
  let server: Server;
  let url: string;
  let received: string[];
  let app: TestApp | undefined;

  beforeEach(async () => {
    database = await sqlite!.create();
    received = [];
    server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
    server.closeAllConnections();
    server.close();
    await database.drop();
  });

  const start = async (options: WebhookModuleOptions = {}): Promise<TestApp> => {
    app = await startApp({ database, options });
    return app;
  };

  it('REQ-322 of httpPost() reach nothing internal', async () => {
    const { app: host } = await start();
    const notifications = host.get(NotificationService);
    await expect(notifications.notify(httpPost({ url, json: 1 }))).rejects.toMatchObject({
      code: 'INVALID_NOTIFICATION',
      field: 'payload.url',
      message: expect.stringContaining('`sending: { allow }`') as string,
    });
    expect((await notifications.list()).items).toEqual([]);
    expect(received).toEqual([]);
  });

  it('of httpPost() reach what the application allows', async () => {
    const host = await start({ sending: LOCAL_RECEIVERS });
    const notifications = host.app.get(NotificationService);
    await notifications.notify(httpPost({ url, json: 1 }));
    await host.drain();
    expect(received).toEqual(['POST /x']);
    expect((await notifications.list()).items).toMatchObject([{ state: 'completed' }]);
  });

  it('REQ-322 for keys reach nothing internal', async () => {
    const scheme = new FetchingScheme();
    await start({ sources: { any: scheme } });
    await expect(scheme.fetch(url, {})).rejects.toMatchObject({ failure: 'refused' });
    expect(received).toEqual([]);
  });

  it('for keys reach what the application allows', async () => {
    const scheme = new FetchingScheme();
    await start({ sources: { any: scheme }, sending: LOCAL_RECEIVERS });
    expect(await (await scheme.fetch(url, {})).json()).toEqual({});
    expect(received).toEqual(['GET /x']);
  });

  it('are refused a place that is none when the application starts', async () => {
    await expect(
      start({ sending: { allow: { networks: ['10.0.0.0/99'] } } }),
    ).rejects.toMatchObject({ code: 'CONFIGURATION', option: 'sending.allow.networks[0]' });
  });
});
