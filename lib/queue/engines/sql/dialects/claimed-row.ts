import type { Row } from '../../../../database/statement.js';
import type { ClaimedJob, LeasedJob } from '../../../job.js';

/** Converts the row of a claim, on any database, to a leased job. */
export function toLeasedJob(row: Row): LeasedJob {
  return {
    id: String(row['id']),
    kind: String(row['kind']),
    name: String(row['name']),
    ref: String(row['ref']),
    bytes: Number(row['bytes']),
    lease: Number(row['lease']),
    attempt: Number(row['attempt']),
    maxAttempts: Number(row['max_attempts']),
    lostLeases: Number(row['lost_leases']),
    share: Number(row['share'] ?? 0),
    lane: (row['lane'] ?? null) as string | null,
    headsLane: isTrue(row['heads_lane']),
    holdsLane: isTrue(row['holds_lane']),
  };
}

/** The same, with whether its previous lease was lost. */
export function toClaimedJob(row: Row): ClaimedJob {
  return { ...toLeasedJob(row), wasLost: isTrue(row['was_lost']) };
}

/** SQLite and MySQL have numbers for it. */
function isTrue(value: unknown): boolean {
  return value === true || Number(value) === 1;
}
