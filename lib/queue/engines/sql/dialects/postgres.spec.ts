import { PostgresArray } from '../../../../database/postgres/postgres-array.js';
import type { Steps } from '../../../../database/statement.js';
import type { JobTransition, LeasedJob } from '../../../job.js';
import { PostgresLaneDialect } from './postgres.lanes.js';
import { PostgresQueueDialect } from './postgres.js';

const TABLES = { job: 'job', lane: 'lane', waiting: 'waiting' };
const IDS = ['c', 'a', 'b'];

const leased = IDS.map((id): LeasedJob => ({
  id,
  kind: 'test',
  name: 'work',
  ref: id,
  bytes: 0,
  maxAttempts: 12,
  lease: 1,
  attempt: 1,
  lostLeases: 0,
  share: 0,
  lane: null,
  headsLane: false,
  holdsLane: false,
}));

const ended = (error: string | null): JobTransition[] =>
  IDS.map((id) => ({
    id,
    lease: 1,
    leasedBy: 'me',
    state: error === null ? 'completed' : 'discarded',
    dueAt: null,
    rescueAt: null,
    attempt: 1,
    lostLeases: 0,
    error,
    finishedAt: 1,
    share: 0,
    leavesLane: null,
  }));

describe(PostgresQueueDialect.name, () => {
  const dialect = new PostgresQueueDialect('job', new PostgresLaneDialect(TABLES));

  // In different orders, a renewal and a completion of the same jobs would deadlock.
  it.each<[string, Steps<unknown>]>([
    ['a renewal', dialect.renew(leased, 'me', 1)],
    ['a completion', dialect.transition(ended(null))],
    ['another end', dialect.transition(ended('boom'))],
  ])('F-5 locks the rows of %s in the order of their ids', (_, steps) => {
    const { value } = steps.next();
    const [ids] = (value as { parameters: readonly unknown[] }).parameters;
    expect(ids).toBeInstanceOf(PostgresArray);
    expect((ids as PostgresArray).values).toEqual(['a', 'b', 'c']);
  });
});
