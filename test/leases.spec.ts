import { Logger } from '@nestjs/common';
import type { DataSourceOptions } from 'typeorm';
import { createQueueDialect } from '../lib/queue/engines/sql/dialects/queue-dialect.factory.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../lib/queue/queue.options.js';
import { NotRun } from '../lib/queue/not-run.js';
import { Unreadable } from '../lib/queue/unreadable.js';
import { describeOnDatabases, type TestDatabase } from './support/databases.js';
import { FakeClock } from './support/fake.clock.js';
import { openProcess, type Process } from './support/queue-process.js';

const { leaseMs } = QUEUE_OPTIONS.defaults;
const MIB = 1024 * 1024;

/** A day: longer than any delay between attempts. */
const DAY_MS = 86_400_000;

describeOnDatabases('The leases of jobs', (kind) => {
  let database: TestDatabase;
  let open: Process[];
  let now: number;

  /** A process with a clock of its own: it stands still, and so is dead to all others, until it is moved. */
  const start = async (options?: QueueOptions): Promise<{ process: Process; clock: FakeClock }> => {
    const clock = new FakeClock(now);
    const process = await openProcess(database.options as DataSourceOptions, clock, options);
    open.push(process);
    return { process, clock };
  };

  beforeEach(async () => {
    database = await kind.create();
    open = [];
    now = Date.parse('2026-01-01T00:00:00Z');
  });

  afterEach(async () => {
    for (const { runner } of open) runner.act = () => Promise.resolve();
    await Promise.all(open.map(({ dataSource }) => dataSource.destroy()));
    await database.drop();
  });

  const hang = (): Promise<never> => new Promise(() => undefined);

  it('F-2 counts no attempt of the jobs that a process merely held when it died', async () => {
    const { process: dead } = await start();
    dead.runner.act = hang;
    const ids = new Set<string>();
    for (let count = 0; count < 60; count++) ids.add(await dead.add());

    now += leaseMs + 1;
    const { process: other } = await start();
    let atOnce = 0;
    let most = 0;
    other.runner.act = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise(setImmediate);
      atOnce--;
    };
    await other.worker.runDue();
    expect(most).toBe(1);
    expect(new Set(other.runner.runs.map(({ job }) => job.id))).toEqual(ids);
    const jobs = await other.rows();
    expect(jobs.map(({ state, attempt }) => [state, attempt])).toEqual(
      jobs.map(() => ['completed', 1]),
    );
  });

  it('F-2 hands a job that kills every process to its runner maxAttempts times, and no other suffers', async () => {
    const { process: first } = await start();
    first.runner.act = hang;
    const poison = await first.add();
    const innocent = await first.add();

    /** Starts a process that dies of the poison, where it is given it. */
    const runUntilDead = async (): Promise<'died' | 'idle'> => {
      const { process } = await start();
      const died = new Promise<'died'>((resolve) => {
        process.runner.act = ({ job }) => {
          if (job.id !== poison) return Promise.resolve();
          resolve('died');
          return hang();
        };
      });
      return Promise.race([died, process.worker.runDue().then(() => 'idle' as const)]);
    };

    // One lease later, the poison kills the second process; the third has the innocent, at once.
    now += leaseMs + 1;
    expect(await runUntilDead()).toBe('died');
    expect(await runUntilDead()).toBe('idle');
    const last = open.at(-1)!;
    expect(await last.row(innocent)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(await last.row(poison)).toMatchObject({ state: 'running' });

    while ((await last.row(poison))?.state !== 'discarded') {
      // The lease runs out, and then the delay of its failures.
      now += leaseMs + 1;
      await runUntilDead();
      now += DAY_MS;
      await runUntilDead();
    }
    const handed = open.flatMap(({ runner }) => runner.runs).filter(({ job }) => job.id === poison);
    expect(handed).toHaveLength(QUEUE_OPTIONS.defaults.maxAttempts);
    expect(await last.row(poison)).toMatchObject({
      attempt: QUEUE_OPTIONS.defaults.maxAttempts,
      lastError: 'Error: the process died during each of the 12 attempts',
    });
  }, 60_000);

  it('F-2 has no process that cannot run a job which kills others save it for ever', async () => {
    const { process: producer } = await start({ enabled: false });
    const id = await producer.add({ maxAttempts: 3, elsewhere: true });
    let handed = 0;
    const state = async () => (await producer.row(id))?.state;
    for (let round = 0; round < 8 && (await state()) !== 'discarded'; round++) {
      const { process } = await start();
      const died = new Promise<void>((resolve) => {
        process.runner.act = () => {
          handed++;
          resolve();
          return hang();
        };
      });
      await Promise.race([died, process.worker.runDue()]);
      now += leaseMs + 1;
      // It finds the lease run out, and has no such handler: once at once, and once after the delay.
      for (let turns = 0; turns < 2; turns++) {
        const { process: without } = await start();
        without.runner.act = () => Promise.resolve(new NotRun(5_000, 'no handler'));
        await without.worker.runDue();
        now += DAY_MS;
      }
    }
    expect(await producer.row(id)).toMatchObject({
      state: 'discarded',
      lastError: 'Error: the process died during each of the 3 attempts',
    });
    expect(handed).toBe(3);
  });

  it('F-2 gives new jobs their turn between suspects, and suspects theirs', async () => {
    const { process: dead } = await start();
    dead.runner.act = hang;
    for (let count = 0; count < 20; count++) await dead.add();
    now += leaseMs + 1;
    const { process, clock } = await start();
    const order: string[] = [];
    process.runner.act = ({ job }) => {
      order.push(job.lostLeases > 0 ? 'suspect' : 'new');
      if (job.lostLeases > 0) clock.advance(100);
      return Promise.resolve();
    };
    const isBusy = async (): Promise<boolean> => {
      const { available, running } = await process.service.counts();
      return available + running > 0;
    };
    while (!order.includes('suspect') || (await isBusy())) {
      await process.add();
      clock.advance(QUEUE_OPTIONS.defaults.pollIntervalMs);
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
      await process.worker.settled();
    }
    const text = order.map((one) => one[0]).join('');
    expect(text.match(/s/g)).toHaveLength(20);
    // Never more suspects in a row than one turn has time for.
    expect(text).not.toMatch(/s{8}/);
    expect(text).toMatch(/sn+s/);
  });

  it('F-2 runs a job by hand with all of its attempts, however often', async () => {
    const { process } = await start({ maxAttempts: 2 });
    process.runner.act = () => Promise.reject(new Error('boom'));
    const id = await process.add();
    await process.worker.settled();
    for (let times = 0; times < 3; times++) {
      expect(await process.service.retry(id)).toBe(true);
      await process.worker.runDue();
      expect(await process.row(id)).toMatchObject({
        state: 'retryable',
        attempt: 1,
        maxAttempts: 2,
      });
    }
  });

  it('F-4 starts nothing under a lease that ran out while the process was asleep, and another took', async () => {
    const { process: asleep, clock } = await start({ concurrency: 1 });
    let finish = (): void => undefined;
    asleep.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const running = await asleep.add();
    const waiting = await asleep.add();

    now += leaseMs + 1;
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
      now += leaseMs + 1;
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

  it('F-3 has the bytes of its jobs in memory only up to queue.maxHeldBytes', async () => {
    const { process } = await start({ maxHeldBytes: 4 * MIB });
    const finish: (() => void)[] = [];
    process.runner.act = () => new Promise<void>((resolve) => finish.push(resolve));
    for (let count = 0; count < 12; count++) await process.add({ bytes: MIB });
    expect(process.runner.runs).toHaveLength(4);
    expect(await process.service.counts()).toMatchObject({ running: 4, available: 8 });
    for (let ended = 0; ended < 12; ended++) {
      while (finish.length === 0) {
        process.worker.wake();
        await new Promise(setImmediate);
      }
      expect(finish.length).toBeLessThanOrEqual(4);
      finish.shift()?.();
    }
    await process.worker.settled();
    // One by one, when its attempt starts.
    expect(process.runner.loads.every((refs) => refs.length === 1)).toBe(true);
    expect(process.runner.loads).toHaveLength(8);
  });

  it('F-3 runs a job that has more bytes than queue.maxHeldBytes by itself', async () => {
    const { process } = await start({ maxHeldBytes: 1_000 });
    const ids = [
      await process.add({ bytes: 5_000 }),
      await process.add({ bytes: 5_000 }),
      await process.add({ bytes: 10 }),
    ];
    await process.worker.runDue();
    for (const id of ids) expect(await process.row(id)).toMatchObject({ state: 'completed' });
  });

  it('F-3 starts a large job though small ones that wait behind it have the bytes', async () => {
    const { process } = await start({ maxHeldBytes: 1_000, enabled: false });
    const sizes = [40_000, 400, 400];
    for (const bytes of sizes) await process.add({ bytes });
    const { process: worker } = await start({ maxHeldBytes: 1_000, concurrency: 1 });
    await worker.worker.runDue();
    expect(worker.runner.runs.map(({ job }) => job.bytes).toSorted()).toEqual(sizes.toSorted());
  });

  it('F-2 does not let a slow handler stop its process for the sake of suspects', async () => {
    const { process: dead } = await start();
    dead.runner.act = hang;
    const suspect = await dead.add();
    now += leaseMs + 1;
    const { process, clock } = await start({ concurrency: 2 });
    let finish = (): void => undefined;
    process.runner.timeoutMs = () => DAY_MS;
    process.runner.act = () => new Promise<void>((resolve) => (finish = resolve));
    const slow = await process.add();
    process.runner.act = () => Promise.resolve();
    // The dead process's job is found, and waits for the slow one.
    while ((await process.rows()).every(({ rescueAt }) => rescueAt === null)) {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
    let isReady = false;
    while (!isReady) {
      const id = await process.add();
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
      isReady = (await process.row(id))?.state === 'completed';
      clock.advance(1_000);
    }
    // Nor does it keep the suspect waiting for ever: that is run beside it.
    while ((await process.row(suspect))?.state !== 'completed') {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
    expect(await process.row(slow)).toMatchObject({ state: 'running' });
    finish();
    await process.worker.settled();
    await process.worker.runDue();
    expect(await process.service.counts()).toMatchObject({ available: 0, running: 0 });
  });

  it('F-8 gives a job up whose event cannot be read after its attempts, and delays no other', async () => {
    const { process: producer } = await start({ enabled: false, maxAttempts: 2 });
    const { process, clock } = await start();
    const ref = '0190a0a0-0000-7000-8000-00000000bad0';
    const bad = await producer.add({ ref });
    const good = await producer.add();
    const { runner } = process;
    const load = runner.load.bind(runner);
    runner.load = async (refs) => {
      const payloads = new Map(await load(refs));
      if (payloads.has(ref)) payloads.set(ref, new Unreadable(new SyntaxError('damaged')));
      return payloads;
    };
    await process.worker.runDue();
    expect(await process.row(good)).toMatchObject({ state: 'completed' });
    expect(await process.row(bad)).toMatchObject({ state: 'retryable', attempt: 1 });
    clock.advance(DAY_MS);
    await process.worker.runDue();
    expect(await process.row(bad)).toMatchObject({
      state: 'discarded',
      attempt: 2,
      lastError: 'the event or notification cannot be read: SyntaxError: damaged',
    });
    expect(process.runner.runs.map(({ job }) => job.id)).toEqual([good]);
  });

  it('F-2 keeps leases apart from attempts in a row that an earlier version left', async () => {
    const { process } = await start();
    const dialect = createQueueDialect(process.database);
    const id = await process.add({ maxAttempts: 5 });
    await process.worker.settled();
    const jobs = process.dataSource.getRepository(JobEntity);
    await jobs.update({ id }, { state: 'retryable', dueAt: 1, finishedAt: null, attempt: 3 });
    const [claimed] = await process.database.transaction(() =>
      dialect.claim({ now: 2, leaseUntil: 3, leasedBy: 'other', limit: 1 }),
    );
    expect(claimed).toMatchObject({ id, attempt: 4, maxAttempts: 5, lease: 2, wasLost: false });
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
