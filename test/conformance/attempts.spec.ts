import { Discard } from '../../lib/retry/discard.js';
import { RetryLater } from '../../lib/retry/retry-later.js';
import { NotRun } from '../../lib/queue/not-run.js';
import { AttemptStatements } from '../../lib/queue/engines/sql/attempt.statements.js';
import { AttemptEntity } from '../../lib/queue/attempt.entity.js';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { QUEUE_OPTIONS } from '../../lib/queue/queue.options.js';
import { Gate } from '../support/gate.js';
import { describeOnDatabases } from '../support/databases.js';
import { FakeClock } from '../support/fake.clock.js';
import { REF, type Process } from '../support/queue-process.js';
import { QueueProcesses } from '../support/queue-processes.js';
import { completed } from './machine.js';

const DAY_MS = 86_400_000;

describeOnDatabases('Attempts', (kind) => {
  const processes = new QueueProcesses(kind);

  const attemptsOf = async ({ service }: Process, id: string) =>
    (await service.attempts(id)).items.toReversed();

  /** Lets time pass until the work is done. */
  const whileTimePasses = async (work: Promise<unknown>, ms: number): Promise<void> => {
    const isOver = work.then(() => true);
    const turn = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, false));
    while (!(await Promise.race([isOver, turn()]))) processes.clock.advance(ms);
  };

  /** Runs what is due after each delay. */
  const runAll = async (process: Process, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      processes.clock.advance(2 * DAY_MS);
      await process.worker.runDue();
    }
  };

  it('leave no row when they complete their job at once', async () => {
    const process = await processes.start();
    const id = await process.add();
    await process.worker.settled();
    await process.add({ elsewhere: true });
    await process.worker.runDue();
    expect(await attemptsOf(process, id)).toEqual([]);
    expect(await process.dataSource.getRepository(AttemptEntity).count()).toBe(0);
  });

  it('leave rows when they fail, and when one completes the job after others', async () => {
    const process = await processes.start();
    const start = processes.clock.now();
    process.runner.act = ({ job: { attempt } }) =>
      attempt < 3 ? Promise.reject(new TypeError(`no user ${attempt}`)) : Promise.resolve();
    const id = await process.add();
    await process.worker.settled();
    expect(await attemptsOf(process, id)).toEqual([
      {
        id: expect.any(String),
        jobId: id,
        number: 1,
        process: process.worker.id,
        startedAt: new Date(start),
        endedAt: new Date(start),
        verdict: 'failed',
        error: 'TypeError: no user 1',
        errorKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    await runAll(process, 3);
    const attempts = await attemptsOf(process, id);
    expect(attempts).toMatchObject([
      { number: 1, verdict: 'failed' },
      { number: 2, verdict: 'failed', error: 'TypeError: no user 2' },
      { number: 3, verdict: 'completed', error: null, errorKey: null },
    ]);
    expect(attempts[0]!.errorKey).toBe(attempts[1]!.errorKey);
    expect(await process.service.get(id)).toMatchObject({
      state: 'completed',
      errorKey: attempts[0]!.errorKey,
    });
  });

  it('leave rows with what they came to', async () => {
    const process = await processes.start();
    const outcomes: (() => Promise<unknown>)[] = [
      () => Promise.resolve(new RetryLater(1_000, 'busy')),
      () => Promise.resolve(new NotRun(1_000, 'no handler')),
      () => Promise.reject(new Error('broken')),
      () => Promise.resolve(new Discard('never')),
    ];
    process.runner.act = () => outcomes.shift()!();
    const id = await process.add();
    await process.worker.settled();
    await runAll(process, 3);
    expect(await attemptsOf(process, id)).toMatchObject([
      { number: 1, verdict: 'postponed', error: 'busy' },
      { number: 1, verdict: 'failed', error: 'Error: broken' },
      { number: 2, verdict: 'discarded', error: 'never' },
    ]);
  });

  it('leave a row with the completion that a transaction makes, if that commits', async () => {
    const process = await processes.start();
    let fails = true;
    process.runner.act = async (attempt) => {
      if (attempt.job.attempt === 1) throw new Error('first');
      await process.database.managed(async (manager) => {
        await attempt.completeWithin(manager);
        if (fails) throw new Error('rolled back');
      });
    };
    const id = await process.add();
    await process.worker.settled();
    processes.clock.advance(DAY_MS);
    await process.worker.runDue();
    fails = false;
    await runAll(process, 2);
    expect(await attemptsOf(process, id)).toMatchObject([
      { number: 1, verdict: 'failed', error: 'Error: first' },
      { number: 2, verdict: 'failed', error: 'Error: rolled back' },
      { number: 3, verdict: 'completed', startedAt: expect.any(Date) },
    ]);
  });

  it('leave a row when a stop interrupts them, and none when they had not begun', async () => {
    const process = await processes.start({ concurrency: 1, stopTimeoutMs: 0 });
    process.runner.act = () => new Promise(() => undefined);
    const running = await process.add();
    const waiting = await process.add();
    await whileTimePasses(process.worker.beforeApplicationShutdown(), 0);
    expect(await attemptsOf(process, running)).toMatchObject([{ number: 1, verdict: 'released' }]);
    expect(await attemptsOf(process, waiting)).toEqual([]);
    expect(await process.rows()).toMatchObject([{ state: 'available' }, { state: 'available' }]);
  });

  it('leave a row when their process died, and none where the lease was lost to another one', async () => {
    const dying = await processes.start();
    let end = (): void => undefined;
    dying.runner.act = () => new Promise((resolve) => (end = () => resolve(undefined)));
    const id = await dying.add();
    const later = new FakeClock(processes.clock.now() + QUEUE_OPTIONS.defaults.leaseMs + 1);
    const rescuer = await processes.start({}, later);
    await rescuer.worker.runDue();
    // The first process was only asleep: it comes back too late.
    end();
    await dying.worker.settled();
    expect(await attemptsOf(rescuer, id)).toMatchObject([
      { number: 1, verdict: 'lost', process: null, startedAt: null, errorKey: null },
      { number: 1, verdict: 'completed', process: rescuer.worker.id },
    ]);
  });

  it('REQ-224 are listed page by page, for ids that exist', async () => {
    const process = await processes.start();
    process.runner.act = () => Promise.reject(new Error('no'));
    const id = await process.add();
    await process.worker.settled();
    await runAll(process, 4);
    const first = await process.service.attempts(id, { limit: 2 });
    expect(first.items.map(({ number }) => number)).toEqual([5, 4]);
    const second = await process.service.attempts(id, { limit: 2, after: first.next! });
    expect(second.items.map(({ number }) => number)).toEqual([3, 2]);
    expect((await process.service.attempts('no id')).items).toEqual([]);
  });

  it('are as many as maxAttempts after two retries by hand, each time', async () => {
    const process = await processes.start();
    process.runner.act = () => Promise.reject(new Error('no'));
    const id = await process.add({ maxAttempts: 3 });
    await process.worker.settled();
    await runAll(process, 5);
    expect(process.runner.runs).toHaveLength(3);
    // Twice before its attempt ends, and once more while it waits for its second attempt.
    const end = new Gate();
    process.runner.act = () => end.opened.then(() => Promise.reject(new Error('no')));
    expect(await process.service.retry(id)).toBe(true);
    expect(await process.service.retry(id)).toBe(false);
    end.open();
    await runAll(process, 5);
    expect(process.runner.runs).toHaveLength(6);
    expect(await process.row(id)).toMatchObject({ state: 'discarded', attempt: 3, maxAttempts: 3 });
    await process.service.retry(id);
    await process.worker.runDue();
    expect(await process.service.retry(id)).toBe(true);
    await runAll(process, 5);
    expect(process.runner.runs).toHaveLength(10);
    expect(await process.row(id)).toMatchObject({ state: 'discarded', attempt: 3, maxAttempts: 3 });
    expect((await attemptsOf(process, id)).map(({ number }) => number)).toEqual([
      1, 2, 3, 1, 2, 3, 1, 1, 2, 3,
    ]);
  });

  it('commit with the change of their job, or not at all', async () => {
    const { add, database, dialect, rows, dataSource } = await processes.start({ enabled: false });
    for (const name of ['a', 'b']) await add({ name, elsewhere: true });
    const claim = { now: processes.clock.now(), leaseUntil: 1e13, leasedBy: 'a' };
    const shares = (await database.transaction(() => dialect.look(claim.now))).map(
      ({ share }) => share ?? 0,
    );
    const jobs = await database.transaction(() => dialect.claim({ ...claim, shares, each: 2 }));
    expect(jobs).toHaveLength(2);
    const statements = new AttemptStatements(database);
    const record = async (attempts: readonly string[]): Promise<ReadonlySet<string>> => {
      const transitions = jobs.map(({ id, lease }, index) => ({
        ...completed({ id, lease, attempt: 1 }),
        ended: {
          id: attempts[index]!,
          jobId: id,
          number: 1,
          process: 'a',
          startedAt: 1,
          endedAt: 2,
          verdict: 'failed' as const,
          error: 'no',
          errorKey: 'a',
        },
      }));
      const { changed } = await database.transaction(() =>
        statements.afterTransitions(transitions, dialect.end(transitions, 2)),
      );
      return changed;
    };
    const attempts = dataSource.getRepository(AttemptEntity);
    // Two attempts cannot have one id.
    await expect(record([REF, REF])).rejects.toThrow(/unique|duplicate/i);
    expect(await rows()).toMatchObject([{ state: 'running' }, { state: 'running' }]);
    expect(await attempts.count()).toBe(0);

    expect((await record([REF, jobs[0]!.id])).size).toBe(2);
    expect(await rows()).toMatchObject([{ state: 'completed' }, { state: 'completed' }]);
    expect(await attempts.count()).toBe(2);
    // The leases are over: a late attempt changes nothing, and leaves nothing.
    expect((await record([jobs[1]!.id, jobs[1]!.ref])).size).toBe(0);
    expect(await attempts.count()).toBe(2);
  });

  describe('by their errors', () => {
    /** Discards one job for each of these reasons, in their order, by handlers of these names. */
    const discard = async (
      process: Process,
      jobs: readonly (readonly [name: string, reason: string])[],
    ): Promise<string[]> => {
      const ids: string[] = [];
      for (const [name, reason] of jobs) {
        process.runner.act = () => Promise.reject(new Error(reason));
        ids.push(await process.add({ name, maxAttempts: 1 }));
        await process.worker.settled();
        processes.clock.advance(1);
      }
      return ids;
    };

    it('are grouped, listed and retried', async () => {
      const process = await processes.start();
      const { service } = process;
      const [a, b, other, , ofOther] = await discard(process, [
        ['a', 'no user 1'],
        ['a', 'no user 2'],
        ['a', 'no room'],
        ['a', 'no user 3'],
        ['b', 'no user 4'],
      ]);
      const groups = await service.errors();
      expect(groups).toMatchObject([
        { name: 'b', kind: 'test', count: 1, atLeast: false, lastError: 'Error: no user 4' },
        { name: 'a', count: 3, lastError: 'Error: no user 3' },
        { name: 'a', count: 1, lastError: 'Error: no room' },
      ]);
      expect(groups[2]!.lastSeenAt).toEqual((await service.get(other!))!.finishedAt);
      expect(await service.errors({ name: 'b' })).toEqual([groups[0]]);
      expect(await service.errors({ kind: 'handler' })).toEqual([]);
      expect(await service.errors({ name: '\u0000' })).toEqual([]);

      const { errorKey } = groups[1]!;
      for (const filter of [{ state: 'discarded' }, { name: 'a' }, {}] as const) {
        const { items } = await service.list({ errorKey, ...filter });
        expect(items.map(({ name }) => name)).toEqual(['a', 'a', 'a']);
        expect(items.map((job) => job.errorKey)).toEqual([errorKey, errorKey, errorKey]);
      }
      expect((await service.list({ errorKey, state: 'retryable' })).items).toEqual([]);
      expect((await service.list({ errorKey: 'none' })).items).toEqual([]);

      process.runner.act = () => Promise.resolve();
      expect(await service.retryWhere({ errorKey, name: 'b' })).toBe(0);
      expect(await service.retryWhere({ errorKey, kind: 'handler' })).toBe(0);
      expect(await service.retryWhere({ errorKey, state: 'retryable' })).toBe(0);
      expect(await service.retryWhere({ errorKey: 'none' })).toBe(0);
      expect(await service.retryWhere({ errorKey })).toBe(3);
      await process.worker.runDue();
      expect(await service.retryWhere({ errorKey })).toBe(0);
      for (const id of [a!, b!])
        expect(await service.get(id)).toMatchObject({ state: 'completed' });
      for (const id of [other!, ofOther!]) {
        expect(await service.get(id)).toMatchObject({ state: 'discarded' });
      }
      expect((await service.errors()).map(({ count }) => count)).toEqual([1, 1]);
    });

    it('count by the last error of a job', async () => {
      const process = await processes.start();
      const reasons = ['first', 'second'];
      process.runner.act = () => Promise.reject(new Error(reasons.shift()));
      const id = await process.add({ maxAttempts: 2 });
      await process.worker.settled();
      const [first] = await process.service.errors();
      await runAll(process, 2);
      const groups = await process.service.errors();
      expect(groups).toMatchObject([{ lastError: 'Error: second', count: 1 }]);
      expect(await process.service.retryWhere({ errorKey: first!.errorKey })).toBe(0);
      expect(await process.service.get(id)).toMatchObject({ errorKey: groups[0]!.errorKey });
    });

    it('are retried once each, in any number, also where they fail again meanwhile', async () => {
      const process = await processes.start();
      const [id] = await discard(process, [['a', 'no user 1']]);
      const { errorKey } = (await process.service.get(id!))!;
      const job = await process.row(id!);
      const attempt = await process.dataSource.getRepository(AttemptEntity).findOneByOrFail({});
      const uuid = (count: number): string =>
        `0190a0a0-0000-7000-8000-${String(count).padStart(12, '0')}`;
      const all = Array.from({ length: 700 }, (_, count) => count);
      const jobs = all.map((count) => Object.assign(new JobEntity(), job, { id: uuid(count) }));
      // Two attempts of each job, in different batches.
      const attempts = [...all, ...all].map((count, index) =>
        Object.assign(new AttemptEntity(), attempt, { id: uuid(index), jobId: uuid(count) }),
      );
      for (let start = 0; start < 1_400; start += 100) {
        await process.dataSource.manager.insert(JobEntity, jobs.slice(start, start + 100));
        await process.dataSource.manager.insert(AttemptEntity, attempts.slice(start, start + 100));
      }
      expect(await process.service.errors()).toMatchObject([{ count: 701, atLeast: true }]);
      expect(await process.service.retryWhere({ errorKey: errorKey! })).toBe(701);
    });

    it.each([undefined, null, 7])('refuse an errorKey that is %p', async (errorKey) => {
      const process = await processes.start();
      await discard(process, [['a', 'no']]);
      const filter = { errorKey } as unknown as { errorKey: string };
      await expect(process.service.retryWhere(filter)).rejects.toThrow(TypeError);
      expect((await process.rows())[0]).toMatchObject({ state: 'discarded' });
    });

    it('refuse a state in which jobs cannot be retried', async () => {
      const process = await processes.start();
      const filter = { errorKey: 'a', state: 'running' as 'discarded' };
      await expect(process.service.retryWhere(filter)).rejects.toThrow(
        'Expected state to be one of discarded, cancelled, retryable, got running.',
      );
    });
  });
});
