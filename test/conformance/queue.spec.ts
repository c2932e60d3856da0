import { JobEntity } from '../../lib/queue/job.entity.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../lib/queue/job.js';
import { describeOnDatabases, type TestDatabase } from '../support/databases.js';
import { clear, completed, jobRow, startMachine, type Machine } from './machine.js';

const NOW = 10_000;
const LEASE_UNTIL = 20_000;

describeOnDatabases('The queue', (kind) => {
  let testDatabase: TestDatabase;
  let machines: Machine[];
  let machine: Machine;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machine = await startMachine(testDatabase);
    const others = [1, 2, 3].map(() => startMachine(testDatabase, { synchronize: false }));
    machines = [machine, ...(await Promise.all(others))];
  });

  beforeEach(() => clear(machine));

  afterAll(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await testDatabase.drop();
  });

  const insert = (jobs: readonly JobRow[]): Promise<void> =>
    machine.database.transaction(() => machine.queue.insert(jobs));

  const claim = (
    { database, queue }: Machine,
    leasedBy: string,
    limit = 100,
    now = NOW,
  ): Promise<ClaimedJob[]> =>
    database.transaction(() => queue.claim({ now, leaseUntil: LEASE_UNTIL, leasedBy, limit }));

  const end = (transitions: readonly JobTransition[], by = machine): Promise<Set<string>> =>
    by.database.transaction(() => by.queue.transition(transitions));

  const renew = (
    jobs: readonly LeasedJob[],
    leasedBy: string,
    until: number,
  ): Promise<Set<string>> =>
    machine.database.transaction(() => machine.queue.renew(jobs, leasedBy, until));

  const suspectOf = ({ database, queue }: Machine, now = NOW): Promise<LeasedJob | undefined> =>
    database.transaction(() => queue.claimSuspect({ now, leaseUntil: LEASE_UNTIL, leasedBy: 'a' }));

  const stored = (id: string): Promise<JobEntity> =>
    machine.dataSource.getRepository(JobEntity).findOneByOrFail({ id });

  it('gives a job back as it was inserted', async () => {
    const job = jobRow({
      state: 'running',
      leasedBy: 'a',
      bytes: 2_000_000_000,
      dueAt: 4_102_444_800_123,
    });
    await insert([job]);
    expect(await stored(job.id)).toEqual({
      ...job,
      attempt: 0,
      lease: 1,
      lostLeases: 0,
      rescueAt: null,
      lastError: null,
      finishedAt: null,
    });
  });

  it('takes none, one, and more than fit into one statement', async () => {
    await insert([]);
    await insert([jobRow()]);
    await insert(Array.from({ length: 300 }, () => jobRow()));
    expect(await machine.dataSource.getRepository(JobEntity).count()).toBe(301);
    expect(await claim(machine, 'a', 250)).toHaveLength(250);
    expect(await claim(machine, 'a', 250)).toHaveLength(51);
  });

  it('inserts all jobs of a transaction, or none', async () => {
    const job = jobRow();
    const error: unknown = await insert([jobRow(), job, job]).catch((thrown: unknown) => thrown);
    expect(machine.database.isValueError(error)).toBe(true);
    expect(await machine.dataSource.getRepository(JobEntity).count()).toBe(0);
  });

  it('leases what is due, oldest first, up to the limit, and nothing else', async () => {
    const [third, first, second] = [
      jobRow({ dueAt: 3 }),
      jobRow({ dueAt: 1 }),
      jobRow({ dueAt: 2 }),
    ];
    await insert([third, first, second, jobRow({ dueAt: NOW + 1 })]);
    const claimed = await claim(machine, 'a', 2);
    expect(claimed.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(claimed.every(({ attempt, wasLost }) => attempt === 1 && !wasLost)).toBe(true);
    expect(await stored(first.id)).toMatchObject({
      state: 'running',
      leasedBy: 'a',
      lease: 2,
      attempt: 0,
      dueAt: LEASE_UNTIL,
    });
    expect((await claim(machine, 'a')).map(({ id }) => id)).toEqual([third.id]);
    expect(await claim(machine, 'a')).toEqual([]);
  });

  it('F-32 leaves jobs and suspects of some kinds to others, and takes all else', async () => {
    const job = jobRow({ kind: 'one', dueAt: 2 });
    await insert([jobRow({ kind: 'two', dueAt: 1 }), job, jobRow({ kind: 'three', dueAt: 3 })]);
    const except = ['two', 'three'];
    const asked = { now: NOW, leaseUntil: LEASE_UNTIL, leasedBy: 'a', limit: 10 };
    const { database, queue } = machine;
    // More due jobs of the others than it may claim do not keep it from its own.
    const mine = await database.transaction(() => queue.claim({ ...asked, except, limit: 1 }));
    expect(mine).toMatchObject([{ id: job.id, lease: 2 }]);
    const rest = await claim(machine, 'a');
    expect(rest.map(({ kind: of }) => of).toSorted()).toEqual(['three', 'two']);

    const suspect = { state: 'available', dueAt: null, rescueAt: 1, finishedAt: null } as const;
    await end(rest.map((one) => completed(one, suspect)));
    expect(await database.transaction(() => queue.hasSuspect(NOW, except))).toBe(false);
    expect(
      await database.transaction(() => queue.claimSuspect({ ...asked, except })),
    ).toBeUndefined();
    await end(mine.map((one) => completed(one, suspect)));
    expect(await database.transaction(() => queue.hasSuspect(NOW, except))).toBe(true);
    expect(
      await database.transaction(() => queue.claimSuspect({ ...asked, except })),
    ).toMatchObject({ id: job.id, kind: 'one' });
  });

  it('REQ-29 gives no job to two of four that claim at once, and leaves none', async () => {
    const jobs = Array.from({ length: 200 }, (_, index) => jobRow({ dueAt: index }));
    await insert(jobs);
    const claimed: string[] = [];
    await Promise.all(
      machines.map(async (one, index) => {
        for (;;) {
          const batch = await claim(one, `machine-${index}`, 7);
          if (batch.length === 0) return;
          claimed.push(...batch.map(({ id }) => id));
        }
      }),
    );
    // One that finds everything locked by others stops early; what is left goes to the next.
    claimed.push(...(await claim(machine, 'last', 200)).map(({ id }) => id));
    expect(claimed.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });

  it('REQ-30 ends attempts that are held, each with its own outcome, and tells which', async () => {
    await insert([jobRow({ dueAt: 1 }), jobRow({ dueAt: 2 }), jobRow({ dueAt: 3 })]);
    const [one, two, three] = (await claim(machine, 'a')).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
    const changed = await end([
      completed(three!, { state: 'discarded', error: 'Error: no — ✗ 🎮' }),
      completed(one!),
      completed(two!, {
        state: 'retryable',
        dueAt: 30_000,
        error: 'once',
        finishedAt: null,
        attempt: 9,
      }),
    ]);
    expect(changed).toEqual(new Set([one!.id, two!.id, three!.id]));
    expect(await stored(one!.id)).toMatchObject({
      state: 'completed',
      kind: 'handler',
      name: 'Handlers.save',
      dueAt: null,
      leasedBy: null,
      finishedAt: NOW + 1,
      attempt: 1,
      createdAt: 1_000,
    });
    expect(await stored(two!.id)).toMatchObject({
      state: 'retryable',
      dueAt: 30_000,
      attempt: 9,
      lastError: 'once',
    });
    expect(await stored(three!.id)).toMatchObject({
      state: 'discarded',
      lastError: 'Error: no — ✗ 🎮',
    });
  });

  it('keeps the last error of a job that completes after it', async () => {
    await insert([jobRow()]);
    const [first] = await claim(machine, 'a');
    await end([
      completed(first!, { state: 'retryable', dueAt: 1, error: 'at first', finishedAt: null }),
    ]);
    const [second] = await claim(machine, 'a');
    await end([completed(second!)]);
    expect(await stored(first!.id)).toMatchObject({
      state: 'completed',
      lastError: 'at first',
      attempt: 2,
    });
  });

  it.each<[string, Partial<JobTransition>]>([
    ['another lease', { lease: 3 }],
    ['an earlier lease', { lease: 1 }],
    ['another holder', { leasedBy: 'b' }],
    ['a holder in another case', { leasedBy: 'A' }],
    ['a holder with a space behind', { leasedBy: 'a ' }],
  ])('REQ-30 changes nothing for %s', async (_, changes) => {
    await insert([jobRow(), jobRow()]);
    const [job, other] = await claim(machine, 'a');
    expect(await end([completed(job!, changes), completed(other!)])).toEqual(new Set([other!.id]));
    expect(await stored(job!.id)).toMatchObject({ state: 'running', leasedBy: 'a', lease: 2 });
  });

  it('changes nothing for a job that has ended, or that there is not', async () => {
    await insert([jobRow()]);
    const [job] = await claim(machine, 'a');
    expect((await end([completed(job!)])).size).toBe(1);
    expect((await end([completed(job!, { state: 'discarded' })])).size).toBe(0);
    expect((await end([completed({ ...job!, id: jobRow().id })])).size).toBe(0);
    expect(await machine.dataSource.getRepository(JobEntity).count()).toBe(1);
    expect(await stored(job!.id)).toMatchObject({ state: 'completed' });
  });

  it('REQ-30 lets a job whose lease ran out be taken over, and its late finisher change nothing', async () => {
    await insert([jobRow()]);
    const [early] = await claim(machine, 'a');
    expect(await claim(machines[1]!, 'b', 1, LEASE_UNTIL - 1)).toEqual([]);
    const [late] = await claim(machines[1]!, 'b', 1, LEASE_UNTIL);
    expect(late).toMatchObject({ id: early!.id, lease: 3, attempt: 1, wasLost: true });
    expect((await end([completed(early!)])).size).toBe(0);
    expect((await renew([early!], 'a', 99_000)).size).toBe(0);
    expect(await stored(early!.id)).toMatchObject({
      state: 'running',
      leasedBy: 'b',
      dueAt: LEASE_UNTIL,
    });
    expect((await end([completed(late!, { leasedBy: 'b' })], machines[1]!)).size).toBe(1);
  });

  it('REQ-30 lets one of two win that end and take over the same job at once', async () => {
    for (let round = 0; round < 10; round++) {
      await insert([jobRow()]);
      const [job] = await claim(machine, 'a', 1);
      const [ended, taken] = await Promise.all([
        end([completed(job!)]),
        claim(machines[1]!, 'b', 1, LEASE_UNTIL),
      ]);
      expect(ended.size + taken.length).toBe(1);
      await clear(machine);
    }
  });

  it('F-2 hands a suspect out by itself, and counts its attempt, the first one once it is sure', async () => {
    await insert([jobRow(), jobRow()]);
    const [one] = await claim(machine, 'a');
    const suspect = { state: 'available', dueAt: null, rescueAt: NOW, finishedAt: null } as const;
    const attempts: number[] = [];
    let lost: LeasedJob = one!;
    for (let lostLeases = 1; lostLeases <= 4; lostLeases++) {
      const attempt = attempts.at(-1) ?? 0;
      await end([completed(lost, { ...suspect, lostLeases, attempt })]);
      expect(await claim(machine, 'a')).toEqual([]);
      expect(await suspectOf(machines[1]!, NOW - 1)).toBeUndefined();
      const claimed = await suspectOf(machines[1]!, NOW);
      expect(claimed).toMatchObject({ id: one!.id, lease: lost.lease + 1, lostLeases });
      expect(await stored(one!.id)).toMatchObject({
        state: 'running',
        rescueAt: null,
        dueAt: LEASE_UNTIL,
        attempt: claimed!.attempt,
      });
      expect(await suspectOf(machines[2]!, NOW)).toBeUndefined();
      attempts.push(claimed!.attempt);
      lost = claimed!;
    }
    expect(attempts).toEqual([1, 3, 4, 5]);
  });

  it('F-2 gives no suspect to two of four that look at once', async () => {
    const jobs = Array.from({ length: 20 }, () => jobRow());
    await insert(jobs);
    const suspect = { state: 'available', dueAt: null, rescueAt: 1, finishedAt: null } as const;
    await end((await claim(machine, 'a')).map((job) => completed(job, suspect)));
    const claimed: string[] = [];
    await Promise.all(
      machines.map(async (one) => {
        for (let next = await suspectOf(one); next !== undefined; next = await suspectOf(one))
          claimed.push(next.id);
      }),
    );
    for (let next = await suspectOf(machine); next !== undefined; next = await suspectOf(machine))
      claimed.push(next.id);
    expect(claimed.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });

  it('renews what is held, and tells what is not', async () => {
    await insert([jobRow(), jobRow()]);
    const [one, two] = await claim(machine, 'a');
    expect(await renew([one!, { ...two!, lease: 5 }], 'a', 50_000)).toEqual(new Set([one!.id]));
    expect(await stored(one!.id)).toMatchObject({ dueAt: 50_000, state: 'running', lease: 2 });
    expect(await stored(two!.id)).toMatchObject({ dueAt: LEASE_UNTIL });
    expect(await claim(machine, 'b', 10, LEASE_UNTIL)).toMatchObject([{ id: two!.id }]);
  });

  it('ends overlapping groups in opposite order without an error', async () => {
    await insert(Array.from({ length: 60 }, () => jobRow()));
    const jobs = await claim(machine, 'a');
    const results = await Promise.all(
      machines.slice(0, 2).map((one, index) => {
        const transitions = jobs.map((job) => completed(job, { finishedAt: index }));
        return end(index === 0 ? transitions : transitions.toReversed(), one);
      }),
    );
    const ended = results.flatMap((ids) => Array.from(ids));
    expect(ended.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  }, 20_000);

  it('joins the transaction of a handler, and is rolled back with it', async () => {
    const job = jobRow();
    await expect(
      machine.database.managed(async (manager) => {
        await machine.database.within(manager, machine.queue.insert([job]));
        expect(await manager.findOneBy(JobEntity, { id: job.id })).toMatchObject({ id: job.id });
        // Joins, because it is called inside: it would wait for the handler's own connection.
        expect(await claim(machine, 'a')).toMatchObject([{ id: job.id }]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await machine.dataSource.getRepository(JobEntity).count()).toBe(0);
  });
});
