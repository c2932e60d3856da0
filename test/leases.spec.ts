import { createQueueDialect } from '../lib/queue/engines/sql/dialects/queue-dialect.factory.js';
import { JobEntity } from '../lib/queue/job.entity.js';
import { NotRun } from '../lib/queue/not-run.js';
import { QUEUE_OPTIONS } from '../lib/queue/queue.options.js';
import { Unreadable } from '../lib/queue/unreadable.js';
import { describeOnDatabases } from './support/databases.js';
import { hang, ProcessesWithClocks } from './support/processes-with-clocks.js';

const { leaseMs } = QUEUE_OPTIONS.defaults;

/** A day: longer than any delay between attempts. */
const DAY_MS = 86_400_000;

describeOnDatabases('The leases of jobs', (kind) => {
  const processes = new ProcessesWithClocks(kind);
  const { start } = processes;

  it('F-2 counts no attempt of the jobs that a process merely held when it died', async () => {
    const { process: dead } = await start();
    dead.runner.act = hang;
    const ids = new Set<string>();
    for (let count = 0; count < 60; count++) ids.add(await dead.add());

    processes.now += leaseMs + 1;
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
    processes.now += leaseMs + 1;
    expect(await runUntilDead()).toBe('died');
    expect(await runUntilDead()).toBe('idle');
    const last = processes.open.at(-1)!;
    expect(await last.row(innocent)).toMatchObject({ state: 'completed', attempt: 1 });
    expect(await last.row(poison)).toMatchObject({ state: 'running' });

    while ((await last.row(poison))?.state !== 'discarded') {
      // The lease runs out, and then the delay of its failures.
      processes.now += leaseMs + 1;
      await runUntilDead();
      processes.now += DAY_MS;
      await runUntilDead();
    }
    const handed = processes.open
      .flatMap(({ runner }) => runner.runs)
      .filter(({ job }) => job.id === poison);
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
      processes.now += leaseMs + 1;
      // It finds the lease run out, and has no such handler: once at once, and once after the delay.
      for (let turns = 0; turns < 2; turns++) {
        const { process: without } = await start();
        without.runner.act = () => Promise.resolve(new NotRun(5_000, 'no handler'));
        await without.worker.runDue();
        processes.now += DAY_MS;
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
    processes.now += leaseMs + 1;
    const { process, clock } = await start();
    const order: string[] = [];
    process.runner.act = ({ job }) => {
      order.push(job.lostLeases > 0 ? 'suspect' : 'new');
      if (job.lostLeases > 0) clock.advance(100);
      return Promise.resolve();
    };
    const suspects = (): string[] => order.filter((one) => one === 'suspect');
    while (suspects().length < 20) {
      await process.add();
      clock.advance(QUEUE_OPTIONS.defaults.pollIntervalMs);
      for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
      await process.worker.settled();
    }
    const text = order.map((one) => one[0]).join('');
    expect(suspects()).toHaveLength(20);
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

  it('F-2 does not let a slow handler stop its process for the sake of suspects', async () => {
    const { process: dead } = await start();
    dead.runner.act = hang;
    const suspect = await dead.add();
    processes.now += leaseMs + 1;
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
      dialect.claimUnshared({ now: 2, leaseUntil: 3, leasedBy: 'other', limit: 1 }),
    );
    expect(claimed).toMatchObject({ id, attempt: 4, maxAttempts: 5, lease: 2, wasLost: false });
  });
});
