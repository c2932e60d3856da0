import { LaneEntity } from '../../lib/queue/lane.entity.js';
import { WAITS_IN_LANE, type JobRow } from '../../lib/queue/job.js';
import { describeOnDatabases } from '../support/databases.js';
import { LANE, useLaneMachines } from './lane-machines.js';
import { jobRow, type Machine } from './machine.js';

describeOnDatabases('F-40 The lanes of the queue', (kind) => {
  const { machines, machine, claim, stored, ...lanes } = useLaneMachines(kind);
  const { jobs, accept, addWithin, seat, finish, leased, nothingIsLeft } = lanes;

  it('make the first job the head, born leased, and let the others wait without a lease', async () => {
    const [first, second, third] = leased(jobs(3));
    const waiting = await accept([third!, first!, second!]);
    expect(waiting).toEqual(new Set([second!.id, third!.id]));
    expect(await stored(first!.id)).toMatchObject({ state: 'running', headsLane: true });
    for (const { id } of [second!, third!]) {
      expect(await stored(id)).toMatchObject({
        state: 'available',
        leasedBy: null,
        dueAt: WAITS_IN_LANE,
        headsLane: false,
      });
    }
    expect(await claim(machine(), 'a')).toEqual([]);
  });

  it('hand over to the next id when the head has ended, and leave nothing behind', async () => {
    const rows = leased(jobs(4));
    await accept(rows);
    let running = { id: rows[0]!.id, lease: 1, attempt: 1 };
    const order = [running.id];
    for (let next = 1; next < rows.length; next++) {
      expect(await finish(running)).toMatchObject({ due: [0] });
      const claimed = await claim(machine(), 'a');
      expect(claimed).toMatchObject([{ lane: LANE, headsLane: true, lease: 2 }]);
      running = claimed[0]!;
      order.push(running.id);
    }
    expect(await finish(running)).toMatchObject({ due: [] });
    expect(order).toEqual(rows.map(({ id }) => id));
    await nothingIsLeft();
  });

  it('hand over nothing when a lease was lost meanwhile', async () => {
    const rows = leased(jobs(2));
    await accept(rows);
    const stale = { id: rows[0]!.id, lease: 7, attempt: 1 };
    expect(await finish(stale)).toEqual({ changed: new Set(), due: [] });
    expect(await claim(machine(), 'a')).toEqual([]);
  });

  it('let a job with a smaller id, which comes late, run next', async () => {
    const [late, first, second] = leased(jobs(3));
    await accept([first!, second!]);
    await accept([late!]);
    await finish({ id: first!.id, lease: 1, attempt: 1 });
    expect(await claim(machine(), 'a')).toMatchObject([{ id: late!.id }]);
  });

  it('do not hold up other lanes, nor jobs without one', async () => {
    const other = jobRow({ lane: 'other' });
    await accept([...leased(jobs(3)), jobRow(), other]);
    expect(await claim(machine(), 'a')).toHaveLength(2);
  });

  it('place jobs that were added in a transaction of a host when they are claimed, by their ids', async () => {
    const rows = jobs(3);
    await addWithin([rows[1]!, rows[2]!]);
    await addWithin([rows[0]!]);
    const [a, b] = machines as [Machine, Machine];
    // A machine claims the second one before another has given the first one its place.
    const claimed = await claim(a, 'a');
    const [first, second, third] = rows.map(({ id }) => claimed.find((job) => job.id === id)!);
    expect(await seat([second!], a)).toEqual(new Set([second!.id]));
    expect(await stored(second!.id)).toMatchObject({ state: 'available', leasedBy: null });
    expect(await seat([third!], b)).toEqual(new Set([third!.id]));
    expect(await seat([first!], b)).toEqual(new Set());
    expect(await stored(first!.id)).toMatchObject({ state: 'running', headsLane: true });
    await finish(first!);
    expect(await claim(b, 'b')).toMatchObject([{ id: second!.id, headsLane: true }]);
  });

  it('have one head when machines place jobs, accept jobs and end the head at the same time', async () => {
    const rows = jobs(40);
    const [head, ...others] = rows as [JobRow, ...JobRow[]];
    await accept(leased([head]));
    const within = others.slice(0, 20);
    await addWithin(within);
    const claimed = await claim(machines[0]!, 'a', 20);
    await Promise.all([
      ...claimed.map((job, index) => seat([job], machines[index % 4]!)),
      ...others.slice(20).map((row, index) => accept([row], machines[index % 4]!)),
      finish({ id: head.id, lease: 1, attempt: 1 }),
    ]);
    const repository = machine().dataSource.getRepository(LaneEntity);
    const [lane] = await repository.find();
    expect(await repository.count()).toBe(1);
    const open = await Promise.all(others.map(({ id }) => stored(id)));
    const heads = open.filter(({ headsLane }) => headsLane);
    expect(heads.map(({ id }) => id)).toEqual([lane!.head]);
    const waits = open.filter(({ dueAt }) => dueAt === WAITS_IN_LANE);
    expect(waits).toHaveLength(others.length - 1);
  });

  it('pass over waiting jobs that were cancelled', async () => {
    const rows = leased(jobs(3));
    await accept(rows);
    await machine().dataSource.query(
      `UPDATE webhook_job SET state = 'cancelled', finished_at = 1, due_at = NULL WHERE id = '${rows[1]!.id}'`,
    );
    await finish({ id: rows[0]!.id, lease: 1, attempt: 1 });
    expect(await claim(machine(), 'a')).toMatchObject([{ id: rows[2]!.id }]);
    await finish({ id: rows[2]!.id, lease: 2, attempt: 1 });
    await nothingIsLeft();
  });
});
