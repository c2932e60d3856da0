import { JobEntity } from '../../lib/queue/job.entity.js';
import { describeOnDatabases } from '../support/databases.js';
import { completed, jobRow } from './machine.js';
import { LEASE_UNTIL, NOW, useQueueMachines } from './queue-machines.js';

describeOnDatabases('The queue', (kind) => {
  const { machines, machine, insert, claim, end, stored } = useQueueMachines(kind);

  it('loads a job as it was inserted', async () => {
    const job = jobRow({
      state: 'running',
      leasedBy: 'a',
      bytes: 2_000_000_000,
      dueAt: 4_102_444_800_123,
    });
    await insert([job]);
    expect(await stored(job.id)).toEqual({
      ...job,
      // It stands in no line before it waits.
      share: null,
      attempt: 0,
      lease: 1,
      headsLane: false,
      lostLeases: 0,
      rescueAt: null,
      lastError: null,
      finishedAt: null,
    });
  });

  it('inserts no jobs, one, and more than fit into one statement', async () => {
    await insert([]);
    await insert([jobRow()]);
    await insert(Array.from({ length: 300 }, () => jobRow()));
    expect(await machine().dataSource.getRepository(JobEntity).count()).toBe(301);
    expect(await claim(machine(), 'a', 250)).toHaveLength(250);
    expect(await claim(machine(), 'a', 250)).toHaveLength(51);
  });

  it('inserts all jobs of a transaction, or none', async () => {
    const job = jobRow();
    const error: unknown = await insert([jobRow(), job, job]).catch((thrown: unknown) => thrown);
    expect(machine().database.isValueError(error)).toBe(true);
    expect(await machine().dataSource.getRepository(JobEntity).count()).toBe(0);
  });

  it('leases due jobs, oldest first, up to the limit, and no others', async () => {
    const [third, first, second] = [
      jobRow({ dueAt: 3 }),
      jobRow({ dueAt: 1 }),
      jobRow({ dueAt: 2 }),
    ];
    await insert([third, first, second, jobRow({ dueAt: NOW + 1 })]);
    const claimed = await claim(machine(), 'a', 2);
    expect(claimed.map(({ id }) => id).toSorted()).toEqual([first.id, second.id].toSorted());
    expect(claimed.every(({ attempt, wasLost }) => attempt === 1 && !wasLost)).toBe(true);
    expect(await stored(first.id)).toMatchObject({
      state: 'running',
      leasedBy: 'a',
      lease: 2,
      attempt: 0,
      dueAt: LEASE_UNTIL,
    });
    expect((await claim(machine(), 'a')).map(({ id }) => id)).toEqual([third.id]);
    expect(await claim(machine(), 'a')).toEqual([]);
  });

  it('F-32 leaves jobs and suspects of some kinds to others, and claims the rest', async () => {
    // Their process has died.
    const lost = { state: 'running', leasedBy: 'dead' } as const;
    const job = jobRow({ ...lost, kind: 'one', dueAt: 2 });
    const others = [
      jobRow({ ...lost, kind: 'two', dueAt: 1 }),
      jobRow({ ...lost, kind: 'three', dueAt: 3 }),
    ];
    await insert([job, ...others]);
    const except = ['two', 'three'];
    const asked = { now: NOW, leaseUntil: LEASE_UNTIL, leasedBy: 'a', limit: 10 };
    const { database, queue } = machine();
    // It finds its own job, even behind more due jobs of other kinds than it may claim.
    const mine = await database.transaction(() =>
      queue.claimUnshared({ ...asked, except, limit: 1 }),
    );
    expect(mine).toMatchObject([{ id: job.id, lease: 2 }]);
    const rest = await database.transaction(() => queue.claimUnshared(asked));
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

  it('REQ-29 gives no job to two of four processes that claim at once, and leaves none', async () => {
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
    // A process that finds all jobs locked stops early; the next claim gets the rest.
    claimed.push(...(await claim(machine(), 'last', 200)).map(({ id }) => id));
    expect(claimed.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });

  it('joins the transaction of a handler, and is rolled back with it', async () => {
    const job = jobRow();
    await expect(
      machine().database.managed(async (manager) => {
        await machine().database.within(manager, machine().queue.insert([job]));
        expect(await manager.findOneBy(JobEntity, { id: job.id })).toMatchObject({ id: job.id });
        // A call inside joins the transaction: otherwise it would wait for the handler's own connection.
        expect(await claim(machine(), 'a')).toMatchObject([{ id: job.id }]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await machine().dataSource.getRepository(JobEntity).count()).toBe(0);
  });
});
