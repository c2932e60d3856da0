import type { EntityManager } from 'typeorm';
import { JobEntity } from '../../lib/queue/job.entity.js';
import { LaneWaitingEntity } from '../../lib/queue/lane-waiting.entity.js';
import type { Statement, Steps } from '../../lib/database/statement.js';
import {
  describeOnDatabases,
  SERVERS,
  withPostgresSetting,
  type TestDatabase,
} from '../support/databases.js';
import { LANE, useLaneMachines } from './lane-machines.js';
import { completed, jobRow, startMachine, type Machine } from './machine.js';
import { NOW } from './queue-machines.js';

/** Runs the steps in a transaction, and something else before those of its statements that match. */
async function interrupted<Result>(
  { database }: Machine,
  steps: Steps<Result>,
  before: RegExp,
  act: () => Promise<unknown>,
): Promise<Result> {
  function* one(statement: Statement): Steps<readonly Record<string, unknown>[]> {
    return yield statement;
  }
  return database.alone(async (manager) => {
    let step = steps.next();
    while (step.done !== true) {
      if (before.test(step.value.sql)) await act();
      step = steps.next(await database.within(manager, one(step.value)));
    }
    return step.value;
  });
}

const TO_JOB = /UPDATE [^ ]*webhook_job[^ ]* (?:AS job )?SET heads_lane|headed AS/;
const TO_LANE = /DELETE FROM [^ ]*webhook_lane\b[^_]/;

describeOnDatabases(
  'F-40 Jobs that a host adds to a lane in its transaction',
  (kind) => {
    const { machines, machine, claim, ...lanes } = useLaneMachines(kind);
    const { jobs, accept, addWithin, seat, finish, leased } = lanes;
    const endOf = (id: string): Steps<unknown> =>
      machine().queue.end([completed({ id, lease: 1, attempt: 1 }, { leavesLane: LANE })], NOW);

    it('keep their order when they come while the last job of the lane ends', async () => {
      const [head, first, second] = jobs(3);
      await accept(leased([head!]));
      const other = machines[1]!;
      await interrupted(machine(), endOf(head!.id), TO_LANE, () =>
        addWithin([first!, second!], other),
      );
      const claimed = await claim(other, 'b');
      const job = claimed.find(({ id }) => id === second!.id)!;
      expect(await seat([job], other)).toEqual(new Set([second!.id]));
    });

    it('come next when they come while a job with a larger id becomes the head', async () => {
      const [early, head, larger] = jobs(3);
      await accept(leased([head!, larger!]));
      const other = machines[1]!;
      await interrupted(machine(), endOf(head!.id), TO_JOB, () => addWithin([early!], other));
      const claimed = await claim(other, 'a');
      const job = claimed.find(({ id }) => id === larger!.id)!;
      expect(job).toMatchObject({ headsLane: true });
      await finish(job);
      expect(await claim(other, 'a')).toEqual([]);
      const stored = await machine().dataSource.getRepository(JobEntity).findOneByOrFail({
        id: early!.id,
      });
      expect(stored.headsLane).toBe(true);
    });

    it('delay nobody else while that transaction is open', async () => {
      const [mine, head, second, ...more] = jobs(6);
      const runner = machines[3]!.dataSource.createQueryRunner();
      await runner.startTransaction();
      try {
        const manager: EntityManager = runner.manager;
        await machines[3]!.database.within(manager, machines[3]!.queue.insertWithin([mine!]));
        await accept(leased([head!]));
        await accept([second!]);
        await finish({ id: head!.id, lease: 1, attempt: 1 });
        const [next] = await claim(machines[1]!, 'a');
        await finish(next!);
        await accept(leased([more[0]!]));
        await finish({ id: more[0]!.id, lease: 1, attempt: 1 });
        await runner.commitTransaction();
      } finally {
        await runner.release();
      }
      const [claimed] = await claim(machine(), 'a');
      expect(claimed).toMatchObject({ id: mine!.id });
      expect(await seat([claimed!], machine())).toEqual(new Set());
    });
  },
  SERVERS,
);

describeOnDatabases('F-40 A lane', (kind) => {
  const { machine, claim, ...lanes } = useLaneMachines(kind);
  const { jobs, accept, finish, leased, nothingIsLeft } = lanes;
  const cancel = async (ids: readonly string[]): Promise<number> => {
    const { dataSource, database, queue } = machine();
    await dataSource.getRepository(JobEntity).update([...ids], {
      state: 'cancelled',
      dueAt: null,
      finishedAt: NOW,
    });
    const ended = ids.map((id) => ({ id, lane: LANE }));
    return (await database.transaction(() => queue.lanes.leave(ended, NOW))).length;
  };

  it('goes on when its head and jobs behind it are cancelled together', async () => {
    const rows = jobs(4);
    await accept(leased(rows));
    expect(await cancel([rows[0]!.id, rows[1]!.id, rows[2]!.id])).toBe(1);
    const [next] = await claim(machine(), 'a');
    expect(next).toMatchObject({ id: rows[3]!.id });
    await finish(next!);
    await nothingIsLeft();
  });

  it('forgets waiting jobs when they are cancelled, however many those are', async () => {
    const rows = jobs(4);
    await accept(leased(rows));
    expect(await cancel([rows[2]!.id, rows[1]!.id])).toBe(0);
    const waiting = await machine().dataSource.getRepository(LaneWaitingEntity).find();
    expect(waiting.map(({ jobId }) => jobId)).toEqual([rows[3]!.id]);
  });

  it('keeps a job that was retried by hand after somebody saw that it had ended', async () => {
    const rows = jobs(2);
    await accept(leased(rows));
    const { database, queue } = machine();
    await database.transaction(() => queue.lanes.leave([{ id: rows[1]!.id, lane: LANE }], NOW));
    await finish({ id: rows[0]!.id, lease: 1, attempt: 1 });
    expect(await claim(machine(), 'a')).toMatchObject([{ id: rows[1]!.id }]);
  });
});

describeOnDatabases(
  'F-40 A lane of a host whose default isolation is REPEATABLE READ',
  (kind) => {
    let testDatabase: TestDatabase;
    const machines: Machine[] = [];

    beforeAll(async () => {
      testDatabase = await kind.create();
      const setting = String.raw`default_transaction_isolation=repeatable\ read`;
      const options = withPostgresSetting(testDatabase.options, setting);
      const repeatable = { options, drop: testDatabase.drop };
      machines.push(await startMachine(repeatable));
      const others = [1, 2, 3].map(() => startMachine(repeatable, { synchronize: false }));
      machines.push(...(await Promise.all(others)));
    });

    afterAll(async () => {
      await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
      await testDatabase.drop();
    });

    it('takes jobs from all processes at once', async () => {
      const rows = Array.from({ length: 80 }, () => jobRow({ lane: LANE }));
      const waiting = await Promise.all(
        rows.map((row, index) => {
          const { database, queue } = machines[index % 4]!;
          return database.transaction(function* add() {
            yield* queue.insert([row]);
            return yield* queue.seat([row]);
          });
        }),
      );
      const heads = rows.filter((_, index) => waiting[index]!.size === 0);
      // A job with a smaller id than the head's does not take its place.
      expect(heads).toHaveLength(1);
      const { dataSource } = machines[0]!;
      expect(await dataSource.getRepository(LaneWaitingEntity).count()).toBe(rows.length - 1);
    });
  },
  SERVERS,
);
