import { Logger } from '@nestjs/common';
import { QUEUE_OPTIONS } from '../lib/queue/queue.options.js';
import { describeOnDatabases } from './support/databases.js';
import type { FakeClock } from './support/fake.clock.js';
import { ProcessesWithClocks } from './support/processes-with-clocks.js';

const { leaseMs } = QUEUE_OPTIONS.defaults;
const MIB = 1024 * 1024;

describeOnDatabases('A process whose leases ran out', (kind) => {
  const processes = new ProcessesWithClocks(kind);
  const { start } = processes;

  it('F-4 starts nothing under a lease that ran out while the process was asleep, and another took', async () => {
    const { process: asleep, clock } = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    asleep.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const running = await asleep.add();
    const waiting = await asleep.add();

    processes.now += leaseMs + 1;
    const { process: other } = await start();
    await other.worker.runDue();
    expect(other.runner.runs.map(({ job }) => job.id).toSorted()).toEqual(
      [running, waiting].toSorted(),
    );

    // It wakes up: what was under way is repeated, and nothing else.
    moveWithoutTimers(clock, leaseMs + 2);
    finish();
    await asleep.worker.settled();
    expect(asleep.runner.runs.map(({ job }) => job.id)).toEqual([running]);
  });

  it('F-4 goes on with what nobody took while the process was asleep', async () => {
    const { process: asleep, clock } = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    asleep.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const running = await asleep.add();
    asleep.runner.act = () => Promise.resolve();
    const waiting = await asleep.add();
    moveWithoutTimers(clock, leaseMs + 2);
    finish();
    await asleep.worker.settled();
    expect(asleep.runner.runs.map(({ job }) => job.id)).toEqual([running, waiting]);
    for (const id of [running, waiting]) {
      expect(await asleep.row(id)).toMatchObject({ state: 'completed', attempt: 1 });
    }
  });

  it('F-4 does not take its own jobs for those of a process that died', async () => {
    const { process, clock } = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    process.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    await process.add();
    process.runner.act = () => Promise.resolve();
    const waiting = await process.add();
    moveWithoutTimers(clock, leaseMs + 2);
    process.worker.wake();
    const until = clock.now() + leaseMs;
    while ((await process.row(waiting))?.dueAt !== until) await new Promise(setImmediate);
    expect(await process.row(waiting)).toMatchObject({ lostLeases: 0, lease: 1 });
    finish();
    await process.worker.settled();
    expect(await process.row(waiting)).toMatchObject({ state: 'completed', attempt: 1 });
  });

  it('F-4 renews again at once when that failed', async () => {
    const { process, clock } = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    process.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const id = await process.add();
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const renew = jest.spyOn(process.dialect, 'renew').mockImplementation(() => {
      throw new Error('the database is away');
    });
    clock.advance(leaseMs / 3);
    const said = (): boolean =>
      error.mock.calls.some(([line]) =>
        /^Renewing leases failed: .*the database is away/.test(String(line)),
      );
    while (!said()) await new Promise(setImmediate);
    error.mockRestore();
    renew.mockRestore();
    await new Promise(setImmediate);
    clock.advance(leaseMs / 60);
    const until = clock.now() + leaseMs;
    while ((await process.row(id))?.dueAt !== until) await new Promise(setImmediate);
    finish();
    await process.worker.settled();
    expect(await process.row(id)).toMatchObject({ state: 'completed', lease: 1 });
  });

  describe('F-4 while an event is read, which takes long,', () => {
    /** A process that has a large event read, which arrives when the test says so. */
    const startReading = async () => {
      const { process: producer } = await start({ enabled: false });
      const id = await producer.add({ bytes: MIB });
      const { process, clock } = await start();
      const { runner } = process;
      const load = runner.load.bind(runner);
      let arrive = (): void => undefined;
      const arrived = new Promise<void>((resolve) => (arrive = resolve));
      const begun = new Promise<void>((resolve) => {
        runner.load = async (refs) => {
          resolve();
          await arrived;
          return load(refs);
        };
      });
      process.worker.wake();
      await begun;
      return { id, process, clock, arrive };
    };

    it('starts nothing under a lease that ran out, and that another took', async () => {
      const { id, process, clock, arrive } = await startReading();
      processes.now += leaseMs + 1;
      const { process: other } = await start();
      await other.worker.runDue();
      expect(other.runner.runs).toMatchObject([{ job: { id } }]);

      moveWithoutTimers(clock, leaseMs + 2);
      arrive();
      await process.worker.settled();
      expect(process.runner.runs).toHaveLength(0);
      expect(await process.row(id)).toMatchObject({ state: 'completed', attempt: 1 });
    });

    it('goes on under a lease that ran out, and that nobody took', async () => {
      const { id, process, clock, arrive } = await startReading();
      moveWithoutTimers(clock, leaseMs + 2);
      arrive();
      await process.worker.settled();
      expect(process.runner.runs).toMatchObject([{ job: { id, attempt: 1 } }]);
      expect(await process.row(id)).toMatchObject({ state: 'completed', attempt: 1 });
    });

    it('postpones it, and counts no attempt, where the database does not say', async () => {
      const { id, process, clock, arrive } = await startReading();
      const error = jest.spyOn(Logger.prototype, 'error').mockImplementation();
      const renew = jest.spyOn(process.dialect, 'renew').mockImplementation(() => {
        throw new Error('the database is away');
      });
      moveWithoutTimers(clock, leaseMs + 2);
      arrive();
      await process.worker.settled();
      error.mockRestore();
      renew.mockRestore();
      expect(process.runner.runs).toHaveLength(0);
      expect(await process.row(id)).toMatchObject({
        state: 'retryable',
        attempt: 0,
        lastError: expect.stringContaining('its lease ran out meanwhile') as unknown,
      });
    });

    it('starts nothing whose time is over', async () => {
      const { id, process, clock, arrive } = await startReading();
      clock.advance(process.runner.timeoutMs());
      await process.worker.settled();
      arrive();
      await new Promise(setImmediate);
      expect(process.runner.runs).toHaveLength(0);
      expect(await process.row(id)).toMatchObject({ state: 'retryable', attempt: 1 });
    });
  });
});

/** As after SIGSTOP or a suspension: time has passed, and no timer has fired yet. */
function moveWithoutTimers(clock: FakeClock, byMs: number): void {
  const start = clock.now();
  jest.spyOn(clock, 'now').mockImplementation(() => start + byMs);
  jest.spyOn(clock, 'advance').mockImplementation((further) => {
    jest.restoreAllMocks();
    clock.advance(byMs + further);
  });
}
