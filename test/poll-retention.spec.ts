import type { Type } from '@nestjs/common';
import { SchemaFailedError } from '../lib/event/schema-failed.error.js';
import { Inbox } from '../lib/inbox/inbox.js';
import { InboxService } from '../lib/inbox/inbox.service.js';
import type { PolledPages } from '../lib/polling/polled-event.js';
import { Pruner } from '../lib/retention/pruner.js';
import { describeOnDatabases } from './support/databases.js';
import { apiPoller, Player, playersPoller } from './support/players.js';
import type { PollApp } from './support/poll.apps.js';
import { WholePollApps } from './support/poll.whole-apps.js';

const DAY_MS = 86_400_000;

describeOnDatabases('Polling for longer than the inbox keeps events', (kind) => {
  const apps = new WholePollApps(kind);
  let app: PollApp;

  const start = async (pollers: Type): Promise<void> => {
    app = await apps.start(pollers);
  };

  const events = async (): Promise<readonly unknown[]> =>
    (await app.app.app.get(InboxService).list()).items;

  /** A month passes, and another process goes on without the events. */
  const passMonth = async (pollers: Type): Promise<void> => {
    await apps.close(app);
    apps.clock.advance(32 * DAY_MS);
    await start(pollers);
    await app.app.app.get(Pruner, { strict: false }).prune();
    expect(await events()).toEqual([]);
  };

  /** How many events were new to the inbox. */
  const run = async (name: string): Promise<number> => {
    const result = await app.run(name);
    if (result.outcome !== 'done') throw new Error(JSON.stringify(result));
    expect(result.duplicates).toBe(0);
    return result.ignored;
  };

  /** Runs until nothing is looked at again but what is dated in the future. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      apps.clock.advance(60_000);
      expect(await run('players')).toBe(0);
    }
  };

  const incident = (): PolledPages => ({
    events: [{ type: 'incident', data: 'the disk is full' }],
  });

  it('F-25 reports once what an API shows in each run', async () => {
    const pollers = apiPoller(incident, { catchUp: false });
    await start(pollers);
    expect(await run('api')).toBe(1);
    for (let month = 0; month < 3; month++) {
      expect(await run('api')).toBe(0);
      await passMonth(pollers);
      expect(await run('api')).toBe(0);
    }
  });

  it('F-25 gives the inbox again what it could not commit', async () => {
    await start(apiPoller(incident));
    const accept = jest.spyOn(Inbox.prototype, 'acceptAll');
    accept.mockRejectedValueOnce(new Error('the database is away'));
    await expect(run('api')).rejects.toThrow(/the database is away/);
    accept.mockRestore();
    expect(await run('api')).toBe(1);
    expect(await events()).toHaveLength(1);
  });

  it('F-25 gives the inbox a page again of which it refused all', async () => {
    const page: PolledPages = {
      events: ['the disk is full', 'the disk is hot'].map((data) => ({ type: 'incident', data })),
    };
    await start(apiPoller(() => page));
    const accept = jest.spyOn(Inbox.prototype, 'acceptAll');
    const refusal = new SchemaFailedError("handler 'x'", new Error('away'));
    accept.mockRejectedValueOnce(refusal).mockRejectedValueOnce(refusal);
    await expect(run('api')).rejects.toThrow(/failed/);
    accept.mockRestore();
    expect(await run('api')).toBe(2);
    expect(await events()).toHaveLength(2);
  });

  it('F-19 reports a row dated in the future once', async () => {
    const pollers = playersPoller({ catchUp: false });
    await start(pollers);
    const put = (id: number, points: number, updatedAt: string): Promise<unknown> =>
      app.app
        .dataSource()
        .getRepository(Player)
        .save({ id, points, updatedAt: new Date(updatedAt) });
    await put(1, 10, '2025-12-31T10:00:00Z');
    await put(8, 80, '2999-01-01T00:00:00Z');
    await put(9, 90, '2999-01-01T00:00:00Z');
    expect(await run('players')).toBe(3);
    await settle();
    for (let month = 0; month < 3; month++) {
      await passMonth(pollers);
      expect(await run('players')).toBe(0);
    }
    // Another content is another event.
    await put(9, 91, '2999-01-01T00:00:00Z');
    await put(2, 20, '2025-12-31T10:00:01Z');
    expect(await run('players')).toBe(2);
    await settle();
    await passMonth(pollers);
    expect(await run('players')).toBe(0);
  });

  it('F-19 reports it once also where the poller is reset to the beginning', async () => {
    const pollers = playersPoller({ catchUp: false });
    await start(pollers);
    await app.app
      .dataSource()
      .getRepository(Player)
      .save({ id: 9, points: 90, updatedAt: new Date('2999-01-01T00:00:00Z') });
    expect(await run('players')).toBe(1);
    await passMonth(pollers);
    await app.polls.reset('players', 'beginning');
    expect(await run('players')).toBe(0);
    await app.polls.reset('players', 'beginning', { repeat: true });
    expect(await run('players')).toBe(1);
  });
});
