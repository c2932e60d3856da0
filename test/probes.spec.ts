import { EventEntity } from '../lib/inbox/event.entity.js';
import { credential } from '../lib/signatures/schemes/credential.scheme.js';
import { emptyAnswer } from '../lib/signatures/handshake/handshake-answer.js';
import { github } from '../lib/signatures/providers/github/github.js';
import { meta } from '../lib/signatures/providers/meta/meta.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS, startApp, type TestApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';

describe.each(ADAPTERS)('Probes with %s', (adapter) => {
  let database: TestDatabase;
  let app: TestApp;

  beforeAll(async () => {
    database = await DATABASES[0]!.create();
    app = await startApp({
      database,
      adapter,
      options: {
        sources: {
          mc: { scheme: unsigned({ type: { path: 'type' } }), probes: ['GET'] },
          shown: { scheme: credential({ secret: 'secret' }), probes: ['HEAD'] },
          signed: { scheme: github({ secret: 'secret' }), probes: ['GET', 'HEAD'] },
          meta: { scheme: meta({ secret: 'secret', verifyToken: 'token' }), probes: ['GET'] },
          own: unsigned({ handshake: { methods: ['HEAD'], unsigned: () => emptyAnswer(204) } }),
          none: unsigned(),
        },
      },
    });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each([
    ['GET', 'mc', 200],
    ['HEAD', 'shown', 200],
    ['GET', 'signed', 200],
    ['HEAD', 'signed', 200],
    ['HEAD', 'own', 204],
    ['HEAD', 'mc', 405],
    ['GET', 'shown', 405],
    ['GET', 'own', 405],
    ['GET', 'none', 405],
    ['HEAD', 'none', 405],
    ['GET', 'unknown', 404],
  ])('F-17 %s of %s is answered %d, and nothing is stored', async (method, source, status) => {
    const answer = await app.request(`/webhooks/${source}`, { method });
    const isFound = status < 300;
    expect([answer.status, isFound ? answer.body : '']).toEqual([status, '']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await app.dataSource().getRepository(EventEntity).count()).toBe(0);
  });

  it("F-17 the scheme's own handshake goes before the probe", async () => {
    const query = '?hub.mode=subscribe&hub.verify_token=token&hub.challenge=7';
    expect(await app.request(`/webhooks/meta${query}`, {})).toMatchObject({
      status: 200,
      body: '7',
    });
    expect(await app.request('/webhooks/meta', {})).toMatchObject({ status: 200, body: '' });
  });

  it('F-17 names the methods that there are', async () => {
    const { headers } = await app.request('/webhooks/mc', { method: 'PUT' });
    expect(headers.get('allow')).toBe('POST, GET');
  });
});
