import { Injectable, type Provider } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import { ConfigurationError } from '../lib/errors/configuration.error.js';
import type { WebhookEvent } from '../lib/event/webhook-event.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { Poll } from '../lib/polling/poll.decorator.js';
import type { PolledPage } from '../lib/polling/polled-event.js';
import type { ProcessRole } from '../lib/processes/roles.option.js';
import { Pruner } from '../lib/retention/pruner.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { ADAPTERS, startApp, type AdapterName, type TestApp } from './support/application.js';
import { DATABASES, describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { Signal } from './support/signal.js';

const EVERY_SECOND = '* * * * * *';
const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };

/** What this process did, by its role. */
@Injectable()
class Work {
  readonly handled: string[] = [];
  readonly done = new Signal<string>();
  readonly polled = new Signal<string>();
  polls = 0;

  @OnWebhook('*')
  handle({ id }: WebhookEvent): void {
    this.handled.push(id);
    this.done.push(id);
  }

  @Poll({ name: 'players', cron: EVERY_SECOND })
  poll(): PolledPage {
    const id = `polled-${++this.polls}`;
    this.polled.push(id);
    return { events: [{ id, type: 'points', data: {} }] };
  }
}

describeOnDatabases('Three processes with one role each', (kind) => {
  let database: TestDatabase;
  const open: TestApp[] = [];

  beforeEach(async () => {
    database = await kind.create();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()));
    await database.drop();
  });

  const start = async (
    role: ProcessRole,
    options: WebhookModuleOptions = {},
    providers: Provider[] = [Work],
  ): Promise<TestApp> => {
    const app = await startApp({
      database,
      options: { sources, roles: [role], ...options },
      host: { providers },
    });
    open.push(app);
    return app;
  };

  const post = (app: TestApp, id: string): Promise<{ status: number }> =>
    app.post('/webhooks/game', JSON.stringify({ id, type: 'points' }), {
      'content-type': 'application/json',
    });

  it('receive, poll and run jobs, and none does what another is for', async () => {
    // By the time of the machine: cron jobs are timers of the scheduler.
    const worker = await start('work', { queue: { pollIntervalMs: 50 } });
    const receiver = await start('receive');
    expect((await post(receiver, 'received')).status).toBe(200);
    const { done, handled } = worker.app.get(Work);
    expect(await done.next()).toBe('received');
    const poller = await start('poll');
    await poller.app.get(Work).polled.next();
    expect(await done.next()).toBe('polled-1');
    expect(handled).toEqual(['received', 'polled-1']);
    for (const app of [receiver, poller]) expect(app.app.get(Work).handled).toEqual([]);
    for (const app of [worker, receiver]) expect(app.app.get(Work).polls).toBe(0);
    expect((await post(worker, 'lost')).status).toBe(404);
  });

  it('say at start-up what they do, and advise on nothing that is left to others', async () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    for (const role of ['work', 'receive', 'poll'] as const) {
      const { logger } = await start(role, { clock });
      lines.push(...logger.of('log', 'WebhookModule'));
      expect(logger.of('warn', 'WebhookModule')).toEqual([]);
    }
    expect(lines).toEqual([
      expect.stringMatching(/^No receiver; 1 handler, 0 rules, 1 poller; only the role 'work'; /),
      expect.stringMatching(/^POST \/webhooks\/:source from game; .*; only the role 'receive'; /),
      expect.stringMatching(/^No receiver; .*; only the role 'poll'; /),
    ]);
  });

  it('delete old rows where jobs run', async () => {
    const clock = new FakeClock();
    const prune = async (role: ProcessRole): Promise<number> => {
      const app = await start(role, { clock, retention: { intervalMs: 60_000 } });
      const calls = jest.spyOn(app.app.get(Pruner, { strict: false }), 'prune');
      clock.advance(60_000);
      return calls.mock.calls.length;
    };
    expect(await prune('receive')).toBe(0);
    expect(await prune('poll')).toBe(0);
    expect(await prune('work')).toBe(1);
  });
});

describe.each(ADAPTERS)('A process that does not receive, with %s', (adapter: AdapterName) => {
  it('leaves the path to the host, which answers as if the library were not there', async () => {
    const database = await DATABASES[0]!.create();
    const options = { sources, roles: ['work', 'poll'] as const };
    const app = await startApp({ database, options, adapter });
    try {
      for (const init of [{ method: 'POST', body: '{}' }, { method: 'GET' }]) {
        const { status, body } = await app.request('/webhooks/game', init);
        const elsewhere = await app.request('/nowhere', init);
        expect(status).toBe(404);
        expect(body.replaceAll('/webhooks/game', '/nowhere')).toBe(elsewhere.body);
      }
    } finally {
      await app.close();
      await database.drop();
    }
  });
});

describe('The option `roles`', () => {
  it.each<[string, unknown, RegExp]>([
    ['roles', [], /at least one role, got an empty array\. A process without a role/],
    ['roles', 'work', /an array of 'receive', 'work' and 'poll', got a string/],
    ['roles', null, /got null/],
    ['roles', {}, /got an object/],
    ['roles[1]', ['work', 'wrok'], /'receive', 'work' or 'poll', got a string/],
    ['roles[0]', [1], /got number 1/],
    ['roles[0]', ['work\u0000'], /got a string/],
    ['roles[0]', Array(1), /got undefined/],
    ['roles[2]', ['poll', 'work', 'poll'], /names 'poll' twice\. Name each role once/],
    ['queue.enabled', undefined, /There is no option `queue\.enabled`/],
  ])('refuses %s: %j', async (option, given, message) => {
    const database = await DATABASES[0]!.create();
    const wrong = option === 'queue.enabled' ? { queue: { enabled: false } } : { roles: given };
    try {
      const starting = startApp({ database, options: wrong as WebhookModuleOptions });
      const error: unknown = await starting.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error).toMatchObject({ option, message: expect.stringMatching(message) as string });
    } finally {
      await database.drop();
    }
  });
});
