import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { OnWebhook } from '../lib/dispatch/on-webhook.decorator.js';
import type { WebhookModuleOptions } from '../lib/module/webhook.options.js';
import { ProcessService } from '../lib/processes/process.service.js';
import { ProcessStore } from '../lib/processes/process.store.js';
import type { ProcessState, ProcessView } from '../lib/processes/process.view.js';
import { VERSION } from '../lib/processes/version.js';
import { PROCESS_ID } from '../lib/queue/process-id.js';
import { QueueService } from '../lib/queue/queue.service.js';
import { Pruner } from '../lib/retention/pruner.js';
import { unsigned } from '../lib/signatures/providers/unsigned/unsigned.js';
import { Occurrences } from '../lib/telemetry/occurrences.js';
import { AppProcess } from './support/app.process.js';
import { startApp, type TestApp } from './support/application.js';
import { describeOnDatabases } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { Gate } from './support/gate.js';
import { SharedDatabase } from './support/shared.database.js';
import { Signal } from './support/signal.js';

const DAY_MS = 86_400_000;
const sources = { game: unsigned({ id: { path: 'id' }, type: { path: 'type' } }) };

const list = async (app: TestApp, state?: ProcessState): Promise<readonly ProcessView[]> =>
  (await app.app.get(ProcessService).list(state === undefined ? {} : { state })).items;

const idOf = (app: TestApp): string => app.app.get<string>(PROCESS_ID, { strict: false });

const stateOf = async (app: TestApp, id: string): Promise<ProcessState | undefined> =>
  (await app.app.get(ProcessService).get(id))?.state;

/** Time goes on until the application has said that it runs, as one other sees it. */
async function pass(
  clock: FakeClock,
  ms: number,
  app: TestApp,
  reader: TestApp = app,
): Promise<void> {
  clock.advance(ms);
  while ((await stateOf(reader, idOf(app))) !== 'running') {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describeOnDatabases('Processes', (kind) => {
  const database = new SharedDatabase(kind);
  const open: TestApp[] = [];

  afterEach(async () => {
    await Promise.all(open.splice(0).map((app) => app.close()));
  });

  const start = async (
    clock: FakeClock,
    options: WebhookModuleOptions = {},
    prepare: (app: TestApp['app']) => void = () => undefined,
  ): Promise<TestApp> => {
    const app = await startApp({ database, options: { clock, sources, ...options }, prepare });
    open.push(app);
    return app;
  };

  const stop = async (app: TestApp): Promise<void> => {
    open.splice(open.indexOf(app), 1);
    await app.close();
  };

  it('are listed with what they are and do: two applications of one Node.js process are two', async () => {
    const clock = new FakeClock();
    const first = await start(clock, { roles: ['poll', 'receive'] });
    clock.advance(1_000);
    const second = await start(clock);
    const [newest, oldest, ...others] = await list(first);
    expect(others).toEqual([]);
    expect(newest).toEqual({
      id: idOf(second),
      host: hostname().slice(0, 255),
      pid: process.pid,
      version: VERSION,
      roles: ['receive', 'work', 'poll'],
      state: 'running',
      startedAt: clock.date,
      beatAt: clock.date,
      stoppedAt: null,
    });
    expect(oldest).toMatchObject({
      id: idOf(first),
      pid: process.pid,
      roles: ['receive', 'poll'],
      startedAt: new Date(clock.now() - 1_000),
    });
    const processes = first.app.get(ProcessService);
    const page = await processes.list({}, { limit: 1 });
    expect(page.items).toEqual([newest]);
    const rest = await processes.list({}, { limit: 1, after: page.next });
    expect(rest.items).toEqual([oldest]);
  });

  it('are found by what a job is leased by', async () => {
    const [started, end] = [new Gate(), new Gate()];
    @Injectable()
    class Handlers {
      @OnWebhook('*')
      async handle(): Promise<void> {
        started.open();
        await end.opened;
      }
    }
    const host = { providers: [Handlers] };
    const app = await startApp({ database, options: { sources }, host });
    open.push(app);
    await app.post('/webhooks/game', '{"id":"1","type":"t"}', {
      'content-type': 'application/json',
    });
    await started.opened;
    const [job] = (await app.app.get(QueueService).list({ state: 'running' })).items;
    expect(await stateOf(app, job!.leasedBy!)).toBe('running');
    end.open();
  });

  it('that are killed are gone, those told to stop are stopped, and idle ones run', async () => {
    const clock = new FakeClock(Date.now());
    const reader = await start(clock);
    const children = [new AppProcess(database), new AppProcess(database)] as const;
    for (const child of children) await child.told('listening');
    const ids = children.map(({ pid }) => ({ pid }));
    expect(await list(reader, 'running')).toHaveLength(3);
    await children[0].end('SIGKILL');
    await children[1].end('SIGTERM');
    expect(await list(reader, 'stopped')).toMatchObject([
      { ...ids[1], state: 'stopped', stoppedAt: expect.any(Date) as Date },
    ]);
    // Nothing has happened that others could know of.
    expect(await list(reader, 'gone')).toEqual([]);
    await pass(clock, 5 * 60_000, reader);
    expect(await list(reader, 'running')).toMatchObject([{ id: idOf(reader), pid: process.pid }]);
    expect(await list(reader, 'gone')).toMatchObject([
      { ...ids[0], state: 'gone', stoppedAt: null },
    ]);
    expect(await list(reader, 'stopped')).toHaveLength(1);
  }, 60_000);

  it('that sleep are gone, are forgotten after days, and run again when they wake up', async () => {
    const [own, others] = [new FakeClock(), new FakeClock()];
    const sleeper = await start(own);
    const reader = await start(others);
    const stopped = await start(others);
    const id = idOf(sleeper);
    const gone = idOf(stopped);
    await stop(stopped);
    others.advance(19_000);
    expect(await stateOf(reader, id)).toBe('running');
    others.advance(1_000);
    expect(await stateOf(reader, id)).toBe('gone');
    expect(await stateOf(reader, gone)).toBe('stopped');
    const pruner = reader.app.get(Pruner, { strict: false });
    await pass(others, 2.9 * DAY_MS, reader);
    await pruner.prune();
    expect(await list(reader)).toHaveLength(3);
    await pass(others, 0.1 * DAY_MS, reader);
    await pruner.prune();
    expect(await stateOf(reader, id)).toBeUndefined();
    expect(await list(reader)).toMatchObject([{ id: idOf(reader) }]);
    await pass(own, others.now() - own.now(), sleeper, reader);
    expect(await reader.app.get(ProcessService).get(id)).toMatchObject({
      startedAt: new FakeClock().date,
      state: 'running',
      stoppedAt: null,
    });
  });

  it('fail by no database that is away, neither at start-up nor later, and say so once', async () => {
    const clock = new FakeClock();
    const noted = new Signal<void>();
    let isAway = true;
    const failures: string[] = [];
    const app = await start(clock, {}, (created) => {
      const store = created.get(ProcessStore, { strict: false });
      const note = store.note.bind(store);
      jest.spyOn(store, 'note').mockImplementation((row) => {
        const noting = isAway ? Promise.reject(new Error('ECONNREFUSED')) : note(row);
        return noting.finally(() => setImmediate(() => noted.push()));
      });
      created.get(Occurrences).on('background.failed', ({ component, work, error }) => {
        failures.push(`${component}: ${work}: ${error}`);
      });
    });
    const failure = 'ProcessBeat: Noting that this process runs: Error: ECONNREFUSED';
    const beat = async (): Promise<void> => {
      clock.advance(5_000);
      await noted.next();
    };
    await noted.next();
    await beat();
    expect(failures).toEqual([failure]);
    expect(await list(app)).toEqual([]);
    isAway = false;
    await beat();
    expect(await list(app)).toMatchObject([{ state: 'running', startedAt: new FakeClock().date }]);
    isAway = true;
    await beat();
    await beat();
    expect(failures).toEqual([failure, failure]);
    const reader = await start(clock, {});
    await stop(app);
    expect(await stateOf(reader, idOf(app))).toBe('running');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['no id', () => open[0]!.app.get(ProcessService).get('')],
    ['an id with U+0000', () => open[0]!.app.get(ProcessService).get('a\u0000b')],
    ['an id that is too long', () => open[0]!.app.get(ProcessService).get('x'.repeat(10_000))],
    ['half of a surrogate pair', () => open[0]!.app.get(ProcessService).get('\ud800')],
  ])('are not found by %s', async (_, get) => {
    await start(new FakeClock());
    expect(await get()).toBeUndefined();
  });

  it('are refused for a wrong page, and none are in a state that does not exist', async () => {
    const { app } = await start(new FakeClock());
    const processes = app.get(ProcessService);
    for (const state of ['asleep', 'constructor', 'a\u0000']) {
      expect(await processes.list({ state: state as ProcessState })).toMatchObject({ items: [] });
    }
    await expect(processes.list({}, { limit: 0 })).rejects.toThrow(RangeError);
    await expect(processes.list({}, { after: 'x' })).rejects.toThrow(RangeError);
  });
});
