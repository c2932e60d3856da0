import { FakeClock } from '../../../../test/support/fake.clock.js';
import type { SqlDatabase } from '../../../database/sql-database.js';
import type { QueueDialect } from './dialects/queue.dialect.js';
import { LocalPool } from './local-pool.js';
import type { LocalJob } from './local-job.js';
import { LocalJobs } from './local-jobs.js';
import type { LeasedJob } from '../../job.js';
import { LeaseKeeper } from './lease.keeper.js';

const JOB: LeasedJob = {
  id: '0190a0a0-0000-7000-8000-000000000001',
  kind: 'test',
  name: 'work',
  ref: '0190a0a0-0000-7000-8000-000000000002',
  bytes: 1,
  lease: 1,
  attempt: 1,
  maxAttempts: 12,
  lostLeases: 0,
  share: 0,
  lane: null,
  headsLane: false,
  holdsLane: false,
};

const POOL = new LocalPool<LocalJob>({ from: 0, to: 0 }, 10, 500);

describe('LeaseKeeper', () => {
  it('reports once that the database does not answer, until it does', async () => {
    const clock = new FakeClock();
    const localJobs = new LocalJobs(Infinity);
    localJobs.add(POOL, JOB, clock.now());
    let isAway = true;
    const database = {
      transaction: () =>
        isAway ? Promise.reject(new Error('away')) : Promise.resolve(new Set([JOB.id])),
    } as unknown as SqlDatabase;
    const failed = jest.fn();
    const keeper = new LeaseKeeper('me', 60_000, localJobs, database, {} as QueueDialect, clock, {
      lost: jest.fn(),
      renewed: jest.fn(),
      failed,
    });
    const answers: boolean[] = [];
    for (isAway of [true, true, true, false, true, true]) answers.push(await keeper.renew());
    expect(answers).toEqual([false, false, false, true, false, false]);
    expect(failed).toHaveBeenCalledTimes(2);
  });

  it('does not report a lease as lost that a completion may have ended', async () => {
    const clock = new FakeClock();
    const localJobs = new LocalJobs(Infinity);
    for (const end of ['3', '4']) {
      localJobs.add(POOL, { ...JOB, id: JOB.id.slice(0, -1) + end }, clock.now());
    }
    const [ending, running] = localJobs.all();
    ending!.isEnding = true;
    const database = {
      transaction: () => Promise.resolve(new Set<string>()),
    } as unknown as SqlDatabase;
    const lost = jest.fn();
    const keeper = new LeaseKeeper('me', 60_000, localJobs, database, {} as QueueDialect, clock, {
      lost,
      renewed: jest.fn(),
      failed: jest.fn(),
    });
    expect(await keeper.renew()).toBe(true);
    expect(lost.mock.calls).toEqual([[running]]);
  });
});
