import { Logger } from '@nestjs/common';
import type { DataSourceOptions } from 'typeorm';
import { FakeClock } from '../../../../test/support/fake.clock.js';
import { describeOnDatabases, type TestDatabase } from '../../../../test/support/databases.js';
import { openProcess, REF, type Process } from '../../../../test/support/queue-process.js';
import { createQueueDialect } from './dialects/queue-dialect.factory.js';
import { Discard } from '../../../retry/discard.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue.options.js';
import { RetryLater } from '../../../retry/retry-later.js';

const PLANNED = { job: { kind: 'test', name: 'work', ref: REF }, payload: 'from memory' };

describeOnDatabases('JobWorker', (kind) => {
  let clock: FakeClock;
  let database: TestDatabase;
  let open: Process[];

  const start = async (options?: QueueOptions): Promise<Process> => {
    const process = await openProcess(database.options as DataSourceOptions, clock, options);
    open.push(process);
    return process;
  };

  beforeEach(async () => {
    clock = new FakeClock();
    database = await kind.create();
    open = [];
  });

  afterEach(async () => {
    await Promise.all(open.map((process) => process.close()));
    await database.drop();
  });

  it('runs a job born leased from memory and completes it', async () => {
    const process = await start();
    const id = await process.add();
    await process.worker.settled();
    expect(process.runner.runs.map(({ job }) => job)).toMatchObject([{ id, attempt: 1 }]);
    expect(process.runner.payloads).toEqual(['from memory']);
    expect(await process.row(id)).toMatchObject({
      state: 'completed',
      dueAt: null,
      leasedBy: null,
    });
  });

  it('inserts a job as available where it has no room, and claims it', async () => {
    const process = await start({ concurrency: 1, prefetch: 0 });
    let release = (): void => undefined;
    process.runner.act = () => new Promise<void>((resolve) => (release = resolve));
    const first = await process.add();
    const second = await process.add();
    expect(await process.row(first)).toMatchObject({ state: 'running' });
    expect(await process.row(second)).toMatchObject({ state: 'available', attempt: 0 });
    process.runner.act = () => Promise.resolve();
    release();
    await process.worker.runDue();
    expect(await process.service.counts()).toEqual({
      available: 0,
      running: 0,
      retryable: 0,
      discarded: 0,
      atLeast: false,
    });
    expect((await process.service.list({ state: 'completed' })).items).toHaveLength(2);
    expect(process.runner.payloads.at(-1)).toBe('loaded');
  });

  it('F-32 does not look for a job that it leaves to others', async () => {
    const process = await start();
    const claim = jest.spyOn(process.dialect, 'claim');
    const id = await process.add({ elsewhere: true });
    // Waits for a claim that is under way.
    await process.worker.beforeApplicationShutdown();
    expect(claim).not.toHaveBeenCalled();
    expect(await process.row(id)).toMatchObject({ state: 'available', lease: 1 });
  });

  it('F-32 claims no job of a kind of which it can run none, until it can', async () => {
    const process = await start();
    let canRun = false;
    process.runner.canRunAny = () => canRun;
    const id = await process.add({ elsewhere: true });
    expect(await process.worker.runDue()).toBe(0);
    expect(await process.row(id)).toMatchObject({ state: 'available', lease: 1 });
    canRun = true;
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('looks again for a job of which it is told while a look that comes too early is under way', async () => {
    const producer = await start({ enabled: false });
    const process = await start();
    const { database: own } = process;
    const transaction = own.transaction.bind(own);
    jest.spyOn(own, 'transaction').mockImplementationOnce(async (begin) => {
      const nothing = await transaction(begin);
      await producer.add({ name: 'late' });
      process.worker.wake();
      return nothing;
    });
    const ran = new Promise<string>((resolve) => {
      process.runner.act = ({ job }) => Promise.resolve(resolve(job.name));
    });
    process.worker.wake();
    expect(await ran).toBe('late');
  });

  it('retries a failed attempt after its backoff, and discards the job after the last', async () => {
    const process = await start({ maxAttempts: 2 });
    process.runner.act = () => Promise.reject(new Error('boom\u0000'));
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({
      state: 'retryable',
      dueAt: clock.now() + 20_000,
      lastError: 'Error: boom ',
    });
    await process.worker.runDue();
    expect(process.runner.runs).toHaveLength(1);
    clock.advance(20_000);
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({
      state: 'discarded',
      attempt: 2,
      dueAt: null,
    });
    expect(await process.service.retry(id)).toBe(true);
    process.runner.act = () => Promise.resolve();
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed', attempt: 1 });
  });

  it('does not count an attempt that asked to be tried later, and discards at once on request', async () => {
    const process = await start({ maxAttempts: 1 });
    process.runner.act = () => Promise.resolve(new RetryLater(5_000, 'rate limited'));
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({
      state: 'retryable',
      dueAt: clock.now() + 5_000,
    });
    // oxlint-disable-next-line no-throw-literal
    process.runner.act = async () => {
      throw new Discard('hopeless');
    };
    clock.advance(5_000);
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({
      state: 'discarded',
      lastError: 'hopeless',
    });
  });

  it('REQ-30 takes over the job of a process whose lease ran out, and its late outcome changes nothing', async () => {
    const stuck = await start();
    let finish = (): void => undefined;
    stuck.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const id = await stuck.add();

    const other = await start();
    clock.advance(0);
    await other.worker.runDue();
    expect(other.runner.runs).toHaveLength(0);

    // Only the other process's clock goes on: the first one is too busy to renew its lease.
    const later = new FakeClock(clock.now() + QUEUE_OPTIONS.defaults.leaseMs + 1);
    const rescuer = await openProcess(database.options as DataSourceOptions, later);
    open.push(rescuer);
    rescuer.runner.act = () => Promise.reject(new Error('failed too'));
    await rescuer.worker.runDue();
    expect(rescuer.runner.runs).toMatchObject([{ job: { id, attempt: 1, lostLeases: 1 } }]);

    finish();
    await stuck.worker.settled();
    expect(await stuck.row(id)).toMatchObject({ state: 'retryable', attempt: 1 });
  });

  it('ends an attempt that takes too long, and tells it by its signal', async () => {
    const process = await start();
    process.runner.act = () => new Promise(() => undefined);
    const id = await process.add();
    await new Promise(setImmediate);
    clock.advance(30_000);
    await process.worker.settled();
    expect(process.runner.runs[0]!.signal.aborted).toBe(true);
    expect(await process.row(id)).toMatchObject({ state: 'retryable' });
  });

  it('completes a job together with what its transaction wrote', async () => {
    const process = await start();
    process.runner.act = (attempt) =>
      process.database.managed(async (manager) => {
        await attempt.completeWithin(manager);
      });
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('REQ-55 postpones jobs whose events it cannot read, and counts no attempt', async () => {
    const producer = await start({ enabled: false, maxAttempts: 1 });
    const process = await start();
    const id = await producer.add();
    await producer.add();
    process.runner.unreadable = new Error('the table is locked');
    const warn = jest.spyOn(Logger.prototype, 'warn');
    await process.worker.runDue();
    expect(process.runner.runs).toEqual([]);
    // One line, however many there are: an outage must not flood the log.
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^2 'test' jobs are postponed.*the table is locked/)],
    ]);
    warn.mockRestore();
    expect(await process.row(id)).toMatchObject({
      state: 'retryable',
      attempt: 0,
      maxAttempts: 1,
      leasedBy: null,
      lastError: expect.stringContaining('the table is locked') as unknown,
    });

    process.runner.unreadable = undefined;
    clock.advance(60_000);
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('REQ-56 waits, when it stops, for jobs that are being inserted leased to it, and releases them', async () => {
    const process = await start();
    const staged = process.queue.stage([PLANNED]);
    expect(staged.rows).toMatchObject([{ state: 'running' }]);
    let hasStopped = false;
    const stopped = process.worker.beforeApplicationShutdown().then(() => (hasStopped = true));
    await process.database.transaction(() =>
      createQueueDialect(process.database).insert(staged.rows),
    );
    expect(hasStopped).toBe(false);
    staged.committed();
    await stopped;
    expect(await process.row(staged.rows[0]!.id)).toMatchObject({
      state: 'available',
      leasedBy: null,
    });
    expect(process.runner.runs).toEqual([]);
  });

  it('REQ-56 waits, when it stops, for an insertion that comes to nothing', async () => {
    const process = await start();
    const staged = process.queue.stage([PLANNED]);
    const stopped = process.worker.beforeApplicationShutdown();
    staged.abandoned();
    await stopped;
    expect(await process.rows()).toEqual([]);
  });

  it('REQ-56 finishes what runs, gives back what waits, and claims no more when it stops', async () => {
    const process = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    process.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const running = await process.add();
    const waiting = await process.add();
    const stopped = process.worker.beforeApplicationShutdown();
    const late = await process.add();
    process.worker.wake();
    clock.advance(QUEUE_OPTIONS.defaults.pollIntervalMs);
    finish();
    await stopped;
    expect(await process.row(running)).toMatchObject({ state: 'completed' });
    for (const id of [waiting, late]) {
      expect(await process.row(id)).toMatchObject({ state: 'available', leasedBy: null });
    }
    clock.advance(QUEUE_OPTIONS.defaults.leaseMs);
    await new Promise(setImmediate);
    expect(process.runner.runs).toMatchObject([{ job: { id: running } }]);
    // Twice, as Nest may: it is over.
    await process.worker.beforeApplicationShutdown();
  });

  it('REQ-56 releases what it has not finished when it stops', async () => {
    const process = await start({ stopTimeoutMs: 0, concurrency: 1 });
    process.runner.act = () => new Promise(() => undefined);
    const running = await process.add();
    const waiting = await process.add();
    const stopped = process.worker.beforeApplicationShutdown();
    await new Promise(setImmediate);
    clock.advance(0);
    await stopped;
    for (const id of [running, waiting]) {
      expect(await process.row(id)).toMatchObject({ state: 'available', leasedBy: null });
    }
  });

  it('never gives one job to two processes', async () => {
    const producer = await start({ enabled: false });
    for (let count = 0; count < 200; count++) await producer.add();
    const workers = await Promise.all([start({ prefetch: 10 }), start({ prefetch: 10 })]);
    await Promise.all(workers.map(({ worker }) => worker.runDue()));
    const ids = workers.flatMap(({ runner }) => runner.runs.map(({ job }) => job.id));
    expect(new Set(ids).size).toBe(200);
    expect(ids).toHaveLength(200);
  });

  it('adds jobs within a transaction of the host: none when it rolls back, at once when it commits', async () => {
    const process = await start();
    const add = (fail: boolean): Promise<void> =>
      process.dataSource.transaction(async (manager) => {
        await process.queue.addWithin(manager, [{ kind: 'test', name: 'work', ref: REF }]);
        if (fail) throw new Error('rolled back');
      });
    await expect(add(true)).rejects.toThrow('rolled back');
    const ran = new Promise<void>((resolve) => {
      process.runner.act = async () => resolve();
    });
    expect(await process.rows()).toEqual([]);
    await add(false);
    await ran;
  });
});
