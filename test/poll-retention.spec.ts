import type { Type } from '@nestjs/common';
import { Inbox } from '../lib/inbox/inbox.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import { PollRegistry } from '../lib/polling/poll.registry.js';
import type { PolledPages } from '../lib/polling/polled-event.js';
import { Pruner } from '../lib/retention/pruner.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { apiPoller } from './support/players.js';

const DAY_MS = 86_400_000;

describeOnDatabases('Polling for longer than the inbox keeps events', (kind) => {
  let database: TestDatabase;
  let clock: FakeClock;
  let app: TestApp;

  beforeEach(async () => {
    database = await kind.create();
    clock = new FakeClock();
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const start = async (pollers: Type): Promise<void> => {
    app = await startApp({
      database,
      options: { clock },
      host: { providers: [pollers] },
    });
  };

  /** A month passes, and another process goes on without the events. */
  const passMonth = async (pollers: Type): Promise<void> => {
    await app.close();
    clock.advance(32 * DAY_MS);
    await start(pollers);
    await app.app.get(Pruner, { strict: false }).prune();
    expect(await app.app.get(InboxService).find()).toEqual([]);
  };

  /** How many events were new to the inbox. */
  const run = async (name: string): Promise<number> => {
    const result = await app.app.get(PollRegistry).run(name);
    if (result.outcome !== 'done') throw new Error(JSON.stringify(result));
    expect(result.duplicates).toBe(0);
    return result.ignored;
  };

  const incident = (): PolledPages => ({
    events: [{ type: 'incident', data: 'the disk is full' }],
  });

  it('F-25 tells once what an API shows in each run', async () => {
    const pollers = apiPoller(incident, { catchUp: false });
    await start(pollers);
    expect(await run('api')).toBe(1);
    for (let month = 0; month < 3; month++) {
      expect(await run('api')).toBe(0);
      await passMonth(pollers);
      expect(await run('api')).toBe(0);
    }
  });

  it('F-25 hands in again what the inbox could not commit', async () => {
    await start(apiPoller(incident));
    const accept = jest.spyOn(Inbox.prototype, 'accept');
    accept.mockRejectedValueOnce(new Error('the database is away'));
    await expect(run('api')).rejects.toThrow(/the database is away/);
    accept.mockRestore();
    expect(await run('api')).toBe(1);
    expect(await app.app.get(InboxService).find()).toHaveLength(1);
  });
});
