import { ADAPTERS, startApp } from './support/application.js';
import { DATABASES, type TestDatabase } from './support/databases.js';
import { Billing, sources } from './support/worker.apps.js';

describe.each(ADAPTERS)('Start-up with %s', (adapter) => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await DATABASES[0]!.create();
  });

  afterEach(() => database.drop());

  it('F-33 says in one line what the application receives, has and uses', async () => {
    const app = await startApp({
      database,
      adapter,
      options: { sources },
      host: { providers: [Billing] },
      prepare: (created) => created.setGlobalPrefix('api'),
    });
    try {
      expect(app.logger.of('log', 'WebhookModule')).toEqual([
        expect.stringMatching(
          /^POST \/api\/webhooks\/:source from game, shop; 2 handlers, 1 rule, 0 pollers; better-sqlite3 '.*test\.db'$/,
        ),
      ]);
    } finally {
      await app.close();
    }
  });
});
