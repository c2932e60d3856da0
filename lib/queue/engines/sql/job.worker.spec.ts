import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { FakeClock } from '../../../../test/support/fake.clock.js';
import { describeOnDatabases } from '../../../../test/support/databases.js';
import { REF } from '../../../../test/support/queue-process.js';
import { QueueProcesses } from '../../../../test/support/queue-processes.js';
import { Discard } from '../../../retry/discard.js';
import { RetryLater } from '../../../retry/retry-later.js';
import { QUEUE_OPTIONS } from '../../queue.options.js';

describeOnDatabases('JobWorker', (kind) => {
  const processes = new QueueProcesses(kind);

  it('runs a job born leased from memory and completes it', async () => {
    const process = await processes.start();
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

  it('inserts a job as available if it has no room, and claims it later', async () => {
    const process = await processes.start({ concurrency: 1, prefetch: 0 });
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
      scheduled: 0,
      discarded: 0,
      atLeast: false,
    });
    expect((await process.service.list({ state: 'completed' })).items).toHaveLength(2);
    expect(process.runner.payloads.at(-1)).toBe('loaded');
  });

  it('F-32 does not claim after adding a job that it leaves to others', async () => {
    const process = await processes.start();
    const claim = jest.spyOn(process.dialect, 'claim');
    const id = await process.add({ elsewhere: true });
    // Waits for a running claim.
    await process.worker.beforeApplicationShutdown();
    expect(claim).not.toHaveBeenCalled();
    expect(await process.row(id)).toMatchObject({ state: 'available', lease: 1 });
  });

  it('claims nothing while it cannot even look, and what was due then once it can', async () => {
    const process = await processes.start();
    const id = await process.add({ elsewhere: true });
    const claim = jest.spyOn(process.dialect, 'claim').mockImplementationOnce(() => {
      throw new Error('away');
    });
    await expect(process.worker.runDue()).rejects.toThrow('away');
    const look = jest.spyOn(process.dialect, 'look').mockImplementation(() => {
      throw new Error('away');
    });
    for (let polls = 1; polls <= 3; polls++) {
      while (look.mock.calls.length < polls) {
        processes.clock.advance(QUEUE_OPTIONS.defaults.pollIntervalMs);
        await turn();
      }
    }
    expect(claim).toHaveBeenCalledTimes(1);
    look.mockRestore();
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('F-32 claims no job of a kind that it cannot run, until it can', async () => {
    const process = await processes.start();
    let canRun = false;
    process.runner.canRunAny = () => canRun;
    const id = await process.add({ elsewhere: true });
    expect(await process.worker.runDue()).toBe(0);
    expect(await process.row(id)).toMatchObject({ state: 'available', lease: 1 });
    canRun = true;
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('claims again after a wake-up during a claim that was too early', async () => {
    const producer = await processes.start({ enabled: false });
    const process = await processes.start();
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
    const process = await processes.start({ maxAttempts: 2 });
    process.runner.act = () => Promise.reject(new Error('boom\u0000'));
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({
      state: 'retryable',
      dueAt: processes.clock.now() + 20_000,
      lastError: 'Error: boom ',
    });
    await process.worker.runDue();
    expect(process.runner.runs).toHaveLength(1);
    processes.clock.advance(20_000);
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
    const process = await processes.start({ maxAttempts: 1 });
    process.runner.act = () => Promise.resolve(new RetryLater(5_000, 'rate limited'));
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({
      state: 'retryable',
      dueAt: processes.clock.now() + 5_000,
    });
    // oxlint-disable-next-line no-throw-literal
    process.runner.act = async () => {
      throw new Discard('hopeless');
    };
    processes.clock.advance(5_000);
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({
      state: 'discarded',
      lastError: 'hopeless',
    });
  });

  it('REQ-30 takes over a job whose lease ran out; the late outcome of the first process changes nothing', async () => {
    const stuck = await processes.start();
    let finish = (): void => undefined;
    stuck.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const id = await stuck.add();

    const other = await processes.start();
    processes.clock.advance(0);
    await other.worker.runDue();
    expect(other.runner.runs).toHaveLength(0);

    // Only the clock of the other process advances: the first one is too busy to renew its lease.
    const later = new FakeClock(processes.clock.now() + QUEUE_OPTIONS.defaults.leaseMs + 1);
    const rescuer = await processes.start({}, later);
    rescuer.runner.act = () => Promise.reject(new Error('failed too'));
    await rescuer.worker.runDue();
    expect(rescuer.runner.runs).toMatchObject([{ job: { id, attempt: 1, lostLeases: 1 } }]);

    finish();
    await stuck.worker.settled();
    expect(await stuck.row(id)).toMatchObject({ state: 'retryable', attempt: 1 });
  });

  it('ends an attempt that takes too long, and aborts its signal', async () => {
    const process = await processes.start();
    process.runner.act = () => new Promise(() => undefined);
    const id = await process.add();
    await new Promise(setImmediate);
    processes.clock.advance(30_000);
    await process.worker.settled();
    expect(process.runner.runs[0]!.signal.aborted).toBe(true);
    expect(await process.row(id)).toMatchObject({ state: 'retryable' });
  });

  it('completes a job together with the writes of its transaction', async () => {
    const process = await processes.start();
    process.runner.act = (attempt) =>
      process.database.managed(async (manager) => {
        await attempt.completeWithin(manager);
      });
    const id = await process.add();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('REQ-55 postpones jobs whose events it cannot load, without counting an attempt', async () => {
    const producer = await processes.start({ enabled: false, maxAttempts: 1 });
    const process = await processes.start();
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
    processes.clock.advance(60_000);
    await process.worker.runDue();
    expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('never gives one job to two processes', async () => {
    const producer = await processes.start({ enabled: false });
    for (let count = 0; count < 200; count++) await producer.add();
    const workers = await Promise.all([
      processes.start({ prefetch: 10 }),
      processes.start({ prefetch: 10 }),
    ]);
    await Promise.all(workers.map(({ worker }) => worker.runDue()));
    const ids = workers.flatMap(({ runner }) => runner.runs.map(({ job }) => job.id));
    expect(new Set(ids).size).toBe(200);
    expect(ids).toHaveLength(200);
  });

  it('adds jobs within a transaction of the host: none when it rolls back, at once when it commits', async () => {
    const process = await processes.start();
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
