import { JobEntity } from '../../lib/queue/job.entity.js';
import type { ClaimedJob, JobRow, JobTransition, LeasedJob } from '../../lib/queue/job.js';
import type { DatabaseKind, TestDatabase } from '../support/databases.js';
import { clear, startMachine, type Machine } from './machine.js';

export const NOW = 10_000;
export const LEASE_UNTIL = 20_000;

/** Four machines that share a queue, which is empty at the beginning of each test, and their operations. */
export function useQueueMachines(kind: DatabaseKind) {
  let testDatabase: TestDatabase;
  const machines: Machine[] = [];
  const machine = (): Machine => machines[0]!;

  beforeAll(async () => {
    testDatabase = await kind.create();
    machines.push(await startMachine(testDatabase));
    const others = [1, 2, 3].map(() => startMachine(testDatabase, { synchronize: false }));
    machines.push(...(await Promise.all(others)));
  });

  beforeEach(() => clear(machine()));

  afterAll(async () => {
    await Promise.all(machines.map(({ dataSource }) => dataSource.destroy()));
    await testDatabase.drop();
  });

  const insert = (jobs: readonly JobRow[]): Promise<void> =>
    machine().database.transaction(() => machine().queue.insert(jobs));

  const claim = (
    { database, queue }: Machine,
    leasedBy: string,
    limit = 100,
    now = NOW,
  ): Promise<ClaimedJob[]> =>
    database.transaction(() =>
      queue.claim({ now, leaseUntil: LEASE_UNTIL, leasedBy, shares: [0], each: limit }),
    );

  const end = (transitions: readonly JobTransition[], by = machine()): Promise<Set<string>> =>
    by.database.transaction(() => by.queue.transition(transitions));

  const renew = (
    jobs: readonly LeasedJob[],
    leasedBy: string,
    until: number,
  ): Promise<Set<string>> =>
    machine().database.transaction(() => machine().queue.renew(jobs, leasedBy, until));

  const suspectOf = ({ database, queue }: Machine, now = NOW): Promise<LeasedJob | undefined> =>
    database.transaction(() => queue.claimSuspect({ now, leaseUntil: LEASE_UNTIL, leasedBy: 'a' }));

  const stored = (id: string): Promise<JobEntity> =>
    machine().dataSource.getRepository(JobEntity).findOneByOrFail({ id });

  return { machines, machine, insert, claim, end, renew, suspectOf, stored };
}
