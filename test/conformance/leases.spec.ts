import { JobEntity } from '../../lib/queue/job.entity.js';
import type { JobTransition, LeasedJob } from '../../lib/queue/job.js';
import { describeOnDatabases } from '../support/databases.js';
import { clear, completed, jobRow } from './machine.js';
import { LEASE_UNTIL, NOW, useQueueMachines } from './queue-machines.js';

describeOnDatabases('Leases', (kind) => {
  const { machines, machine, insert, claim, end, renew, suspectOf, stored } =
    useQueueMachines(kind);

  it('REQ-30 ends attempts with a valid lease, each with its own outcome, and returns which', async () => {
    await insert([jobRow({ dueAt: 1 }), jobRow({ dueAt: 2 }), jobRow({ dueAt: 3 })]);
    const [one, two, three] = (await claim(machine(), 'a')).toSorted((a, b) =>
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
    const [first] = await claim(machine(), 'a');
    await end([
      completed(first!, { state: 'retryable', dueAt: 1, error: 'at first', finishedAt: null }),
    ]);
    const [second] = await claim(machine(), 'a');
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
    ['another process', { leasedBy: 'b' }],
    ['a process whose name has another case', { leasedBy: 'A' }],
    ['a process whose name has a trailing space', { leasedBy: 'a ' }],
  ])('REQ-30 changes nothing for %s', async (_, changes) => {
    await insert([jobRow(), jobRow()]);
    const [job, other] = await claim(machine(), 'a');
    expect(await end([completed(job!, changes), completed(other!)])).toEqual(new Set([other!.id]));
    expect(await stored(job!.id)).toMatchObject({ state: 'running', leasedBy: 'a', lease: 2 });
  });

  it('changes nothing for a job that has ended, or that does not exist', async () => {
    await insert([jobRow()]);
    const [job] = await claim(machine(), 'a');
    expect((await end([completed(job!)])).size).toBe(1);
    expect((await end([completed(job!, { state: 'discarded' })])).size).toBe(0);
    expect((await end([completed({ ...job!, id: jobRow().id })])).size).toBe(0);
    expect(await machine().dataSource.getRepository(JobEntity).count()).toBe(1);
    expect(await stored(job!.id)).toMatchObject({ state: 'completed' });
  });

  it('REQ-30 takes over a job whose lease ran out, and ignores the late outcome of the first process', async () => {
    await insert([jobRow()]);
    const [early] = await claim(machine(), 'a');
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

  it('REQ-30 lets either the end or the takeover of a job win, if both come at once', async () => {
    for (let round = 0; round < 10; round++) {
      await insert([jobRow()]);
      const [job] = await claim(machine(), 'a', 1);
      const [ended, taken] = await Promise.all([
        end([completed(job!)]),
        claim(machines[1]!, 'b', 1, LEASE_UNTIL),
      ]);
      expect(ended.size + taken.length).toBe(1);
      await clear(machine());
    }
  });

  it('F-2 claims a suspect by itself, and counts its attempts, the first one only after a second lost lease', async () => {
    await insert([jobRow(), jobRow()]);
    const [one] = await claim(machine(), 'a');
    const suspect = { state: 'available', dueAt: null, rescueAt: NOW, finishedAt: null } as const;
    const attempts: number[] = [];
    let lost: LeasedJob = one!;
    for (let lostLeases = 1; lostLeases <= 4; lostLeases++) {
      const attempt = attempts.at(-1) ?? 0;
      await end([completed(lost, { ...suspect, lostLeases, attempt })]);
      expect(await claim(machine(), 'a')).toEqual([]);
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

  it('F-2 gives no suspect to two of four processes that claim at once', async () => {
    const jobs = Array.from({ length: 20 }, () => jobRow());
    await insert(jobs);
    const suspect = { state: 'available', dueAt: null, rescueAt: 1, finishedAt: null } as const;
    await end((await claim(machine(), 'a')).map((job) => completed(job, suspect)));
    const claimed: string[] = [];
    await Promise.all(
      machines.map(async (one) => {
        for (let next = await suspectOf(one); next !== undefined; next = await suspectOf(one))
          claimed.push(next.id);
      }),
    );
    for (
      let next = await suspectOf(machine());
      next !== undefined;
      next = await suspectOf(machine())
    )
      claimed.push(next.id);
    expect(claimed.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  });

  it('renews the valid leases, and not the lost ones', async () => {
    await insert([jobRow(), jobRow()]);
    const [one, two] = await claim(machine(), 'a');
    expect(await renew([one!, { ...two!, lease: 5 }], 'a', 50_000)).toEqual(new Set([one!.id]));
    expect(await stored(one!.id)).toMatchObject({ dueAt: 50_000, state: 'running', lease: 2 });
    expect(await stored(two!.id)).toMatchObject({ dueAt: LEASE_UNTIL });
    expect(await claim(machine(), 'b', 10, LEASE_UNTIL)).toMatchObject([{ id: two!.id }]);
  });

  it('ends overlapping groups in opposite order without an error', async () => {
    await insert(Array.from({ length: 60 }, () => jobRow()));
    const jobs = await claim(machine(), 'a');
    const results = await Promise.all(
      machines.slice(0, 2).map((one, index) => {
        const transitions = jobs.map((job) => completed(job, { finishedAt: index }));
        return end(index === 0 ? transitions : transitions.toReversed(), one);
      }),
    );
    const ended = results.flatMap((ids) => Array.from(ids));
    expect(ended.toSorted()).toEqual(jobs.map(({ id }) => id).toSorted());
  }, 20_000);
});
