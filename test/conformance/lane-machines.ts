import type { EndedJobs } from '../../lib/queue/engines/sql/dialects/queue.dialect.js';
import { v7 as uuid } from 'uuid';
import { LaneWaitingEntity } from '../../lib/queue/lane-waiting.entity.js';
import { LaneEntity } from '../../lib/queue/lane.entity.js';
import type { ClaimedJob, JobRow } from '../../lib/queue/job.js';
import type { DatabaseKind } from '../support/databases.js';
import { completed, jobRow, type Machine } from './machine.js';
import { LEASE_UNTIL, NOW, useQueueMachines } from './queue-machines.js';

export const LANE = '["Orders.paid","42"]';

/** Four machines that share a queue, and what they do with jobs of one lane. */
export function useLaneMachines(kind: DatabaseKind) {
  const queueMachines = useQueueMachines(kind);
  const { machine } = queueMachines;

  /** Jobs of one lane, in the order of their ids. */
  const jobs = (count: number, changes: Partial<JobRow> = {}): JobRow[] =>
    Array.from({ length: count }, () => jobRow({ id: uuid(), lane: LANE, ...changes }));

  const accept = (rows: readonly JobRow[], by = machine()): Promise<ReadonlySet<string>> =>
    by.database.transaction(function* add() {
      yield* by.queue.insert(rows);
      return yield* by.queue.seat(rows);
    });

  const addWithin = (rows: readonly JobRow[], by = machine()): Promise<void> =>
    by.database.transaction(() => by.queue.insertWithin(rows));

  const seat = (claimed: readonly ClaimedJob[], by: Machine): Promise<ReadonlySet<string>> => {
    const candidates = claimed.map(({ id, lane, lease, share }) => ({
      id,
      lane: lane ?? '',
      lease,
      share,
    }));
    return by.database.transaction(() => by.queue.lanes.seat(candidates, NOW));
  };

  const finish = (
    { id, lease, attempt }: Pick<ClaimedJob, 'id' | 'lease' | 'attempt'>,
    { by = machine(), ...changes }: { by?: Machine; leasedBy?: string } = {},
  ): Promise<EndedJobs> => {
    const done = completed({ id, lease, attempt }, { leavesLane: LANE, ...changes });
    return by.database.transaction(() => by.queue.end([done], NOW));
  };

  const leased = (rows: readonly JobRow[]): JobRow[] =>
    rows.map((row) => ({ ...row, state: 'running', leasedBy: 'a', dueAt: LEASE_UNTIL }));

  const nothingIsLeft = async (): Promise<void> => {
    const { dataSource } = machine();
    expect(await dataSource.getRepository(LaneEntity).find()).toEqual([]);
    expect(await dataSource.getRepository(LaneWaitingEntity).find()).toEqual([]);
  };

  return { ...queueMachines, jobs, accept, addWithin, seat, finish, leased, nothingIsLeft };
}
