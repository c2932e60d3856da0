import { JobEntity } from '../../lib/queue/job.entity.js';
import { WAITS_IN_LANE } from '../../lib/queue/job.js';
import type { Steps } from '../../lib/database/statement.js';
import { describeOnDatabases } from '../support/databases.js';
import { plansOn, WHOLE_TABLE } from './explained-plans.js';
import { LANE, useLaneMachines } from './lane-machines.js';
import { completed, jobRow } from './machine.js';
import { LEASE_UNTIL, NOW } from './queue-machines.js';

const WAITING = 5_000;
const OTHERS = 500;

describeOnDatabases('F-40 The statements of lanes', (kind) => {
  const { machine, jobs, accept, leased, claim } = useLaneMachines(kind);

  it('find what they need by indexes, beside a lane in which very many jobs wait', async () => {
    const [head, ...others] = jobs(WAITING);
    await accept(leased([head!]));
    for (let from = 0; from < others.length; from += 2_000) {
      await accept(others.slice(from, from + 2_000));
    }
    const single = leased(Array.from({ length: OTHERS }, (_, lane) => jobRow({ lane: `${lane}` })));
    await accept(single);
    const { queue, dataSource } = machine();
    const waiting = await dataSource.getRepository(JobEntity).countBy({ dueAt: WAITS_IN_LANE });
    expect(waiting).toBe(WAITING - 1);

    const ends = (rows: readonly { id: string; lane: string | null }[]) =>
      rows.map(({ id, lane }) => completed({ id, lease: 1, attempt: 1 }, { leavesLane: lane }));
    const newcomers = [...jobs(50), jobRow({ lane: 'new' })];
    const begin: Readonly<Record<string, () => Steps<unknown>>> = {
      look: () => queue.look(NOW),
      claim: () =>
        queue.claim({
          now: NOW,
          leaseUntil: LEASE_UNTIL,
          leasedBy: 'b',
          shares: [0],
          each: 100,
        }),
      'claim of a suspect': () =>
        queue.claimSuspect({ now: NOW, leaseUntil: LEASE_UNTIL, leasedBy: 'b' }),
      'hand over': () => queue.end(ends([head!]), NOW),
      'end of lanes': () => queue.end(ends(single.slice(0, 100)), NOW),
      *acceptance() {
        yield* queue.insert(newcomers);
        yield* queue.seat(newcomers);
      },
      *'places for jobs of hosts'() {
        yield* queue.insertWithin(newcomers);
        yield* queue.lanes.seat(
          newcomers.map(({ id, lane, share }) => ({ id, lane: lane!, lease: 1, share })),
          NOW,
        );
      },
      'a job cancelled': () => queue.lanes.leave([{ id: others[7]!.id, lane: LANE }], NOW),
      *'another lane'() {
        yield* queue.lanes.move([{ id: others[7]!.id, lane: 'other', holdsLane: true }]);
        yield* queue.lanes.enter([{ id: others[7]!.id, lane: 'other' }]);
      },
    };
    // A prepared statement gets its lasting plan after a few runs.
    for (let run = 0; run < 7; run++) {
      for (const [what, steps] of Object.entries(begin)) {
        const plans = await plansOn(machine(), steps);
        for (const plan of plans) expect(`${what}: ${plan}`).not.toMatch(WHOLE_TABLE);
      }
    }
    expect(await claim(machine(), 'b')).toEqual([]);
  });
});
