import type { PolledPages, PollRequest } from '../lib/polling/polled-event.js';
import { POLLING_OPTIONS } from '../lib/polling/polling.options.js';
import { describeOnDatabases } from './support/databases.js';
import { Gate } from './support/gate.js';
import { apiPoller } from './support/players.js';
import { PollingApps } from './support/polling.app.js';

describeOnDatabases('A method without an entity', (kind) => {
  const apps = new PollingApps(kind);

  it('gets the cursor of the page before, after a restart too', async () => {
    const cursors: unknown[] = [];
    const api = apiPoller(async function* ({ cursor }: PollRequest) {
      cursors.push(cursor);
      yield { events: [{ type: 'a', data: 1 }], cursor: { page: 1 } };
      yield {
        events: [
          { type: 'a', data: 2 },
          { type: 'unwanted', data: 3 },
        ],
        cursor: { page: 2 },
      };
      yield { events: [] };
    });
    const app = await apps.start([api]);
    expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 2, ignored: 1 });
    await apps.close(app);
    const again = await apps.start([api]);
    expect(await again.run('api')).toMatchObject({ outcome: 'done', accepted: 0, duplicates: 0 });
    expect(cursors).toEqual([undefined, { page: 2 }]);
    expect((await again.status('api')).cursor).toEqual({ page: 2 });
  });

  it('may return a page, pages, a promise of them, or nothing', async () => {
    const page = (data: number) => ({ events: [{ type: 'a', data }], cursor: data });
    const answers: (PolledPages | Promise<PolledPages>)[] = [
      page(1),
      [page(2), page(3)],
      Promise.resolve(page(4)),
      Promise.resolve([page(5)]),
      new Set([page(6)]),
      undefined,
      null,
    ];
    const app = await apps.start([apiPoller(() => answers.shift())]);
    const accepted = [];
    while (answers.length > 0) accepted.push((await app.run('api')) as { accepted: number });
    expect(accepted.map((result) => result.accepted)).toEqual([1, 2, 1, 1, 1, 0, 0]);
    expect((await app.status('api')).cursor).toBe(6);
  });

  it('keeps the pages that came before it threw', async () => {
    const app = await apps.start([
      apiPoller(function* () {
        yield { events: [{ type: 'a', data: 1 }], cursor: 1 };
        throw new Error('HTTP 500');
      }),
    ]);
    expect(await app.run('api')).toMatchObject({
      outcome: 'failed',
      error: 'Error: HTTP 500',
      accepted: 1,
    });
    expect((await app.status('api')).cursor).toBe(1);
  });

  it('fails where it returns something else', async () => {
    const app = await apps.start([apiPoller(() => ({ rows: [] }) as never)]);
    expect(await app.run('api')).toMatchObject({ outcome: 'failed', error: /Expected a page/ });
  });

  it('gives the inbox more events of a page than it takes at a time', async () => {
    const events = Array.from({ length: 1_200 }, (_, data) => ({ type: 'a', data }));
    const app = await apps.start([apiPoller(() => ({ events, cursor: 1 }))], {
      inbox: { maxWaiting: 1_000 },
    });
    expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 1_200 });
  });

  it('gives the inbox one after the other where it takes only one', async () => {
    const events = Array.from({ length: 20 }, (_, data) => ({ type: 'a', data }));
    const app = await apps.start([apiPoller(() => ({ events, cursor: 1 }))], {
      inbox: { maxWaiting: 1 },
    });
    expect(await app.run('api')).toMatchObject({ outcome: 'done', accepted: 20 });
  });

  it('REQ-56 finishes the page, releases the poller and runs no other when the application stops', async () => {
    const entered = new Gate();
    const leave = new Gate();
    const stopping = new Gate();
    const app = await apps.start([
      apiPoller(async function* ({ signal: stop }: PollRequest) {
        stop.addEventListener('abort', () => stopping.open());
        entered.open();
        await leave.opened;
        yield { events: [{ type: 'a', data: 1 }], cursor: 1 };
        yield { events: [{ type: 'a', data: 2 }], cursor: 2 };
      }),
    ]);
    const watcher = await apps.start([]);
    const run = app.run('api');
    await entered.opened;
    const closing = apps.close(app);
    await stopping.opened;
    leave.open();
    await closing;
    expect(await run).toMatchObject({ outcome: 'stopped' });
    expect(await watcher.row('api')).toMatchObject({
      cursor: '1',
      leasedBy: null,
      leaseUntil: null,
    });
    expect(await app.run('api')).toMatchObject({ outcome: 'stopped' });
  });

  it('stops in time though a method does not', async () => {
    const entered = new Gate();
    const app = await apps.start([
      apiPoller(async () => {
        entered.open();
        return new Promise<undefined>(() => undefined);
      }),
    ]);
    const run = app.run('api');
    await entered.opened;
    const closing = apps.close(app);
    await new Promise(setImmediate);
    apps.clock.advance(POLLING_OPTIONS.defaults.stopTimeoutMs);
    await closing;
    expect(run).toBeInstanceOf(Promise);
  });
});
