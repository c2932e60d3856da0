import { describeOnDatabases } from '../../../../test/support/databases.js';
import { REF } from '../../../../test/support/queue-process.js';
import { QueueProcesses } from '../../../../test/support/queue-processes.js';
import { createQueueDialect } from './dialects/queue-dialect.factory.js';
import { QUEUE_OPTIONS } from '../../queue.options.js';

const PLANNED = { job: { kind: 'test', name: 'work', ref: REF }, payload: 'from memory' };

describeOnDatabases('A JobWorker that stops', (kind) => {
  const processes = new QueueProcesses(kind);

  it('REQ-56 waits at a stop for jobs that are being inserted as leased to it, and releases them', async () => {
    const process = await processes.start();
    const staged = process.queue.stage([PLANNED]);
    expect(staged.rows).toMatchObject([{ state: 'running' }]);
    let hasStopped = false;
    const stopped = process.worker.beforeApplicationShutdown().then(() => (hasStopped = true));
    await process.database.transaction(() =>
      createQueueDialect(process.database).insert(staged.rows),
    );
    expect(hasStopped).toBe(false);
    staged.committed(new Set());
    await stopped;
    expect(await process.row(staged.rows[0]!.id)).toMatchObject({
      state: 'available',
      leasedBy: null,
    });
    expect(process.runner.runs).toEqual([]);
  });

  it('REQ-56 waits at a stop for an insertion that is rolled back', async () => {
    const process = await processes.start();
    const staged = process.queue.stage([PLANNED]);
    const stopped = process.worker.beforeApplicationShutdown();
    staged.abandoned();
    await stopped;
    expect(await process.rows()).toEqual([]);
  });

  it('REQ-56 finishes running jobs, releases waiting ones, and claims no more at a stop', async () => {
    const process = await processes.start({ concurrency: 1 });
    let finish = (): void => undefined;
    process.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const running = await process.add();
    const waiting = await process.add();
    const stopped = process.worker.beforeApplicationShutdown();
    const late = await process.add();
    process.worker.wake();
    processes.clock.advance(QUEUE_OPTIONS.defaults.pollIntervalMs);
    finish();
    await stopped;
    expect(await process.row(running)).toMatchObject({ state: 'completed' });
    for (const id of [waiting, late]) {
      expect(await process.row(id)).toMatchObject({ state: 'available', leasedBy: null });
    }
    processes.clock.advance(QUEUE_OPTIONS.defaults.leaseMs);
    await new Promise(setImmediate);
    expect(process.runner.runs).toMatchObject([{ job: { id: running } }]);
    // Nest may call it twice.
    await process.worker.beforeApplicationShutdown();
  });

  it('REQ-56 releases unfinished jobs at a stop', async () => {
    const process = await processes.start({ stopTimeoutMs: 0, concurrency: 1 });
    process.runner.act = () => new Promise(() => undefined);
    const running = await process.add();
    const waiting = await process.add();
    const stopped = process.worker.beforeApplicationShutdown();
    await new Promise(setImmediate);
    processes.clock.advance(0);
    await stopped;
    for (const id of [running, waiting]) {
      expect(await process.row(id)).toMatchObject({ state: 'available', leasedBy: null });
    }
  });
});
