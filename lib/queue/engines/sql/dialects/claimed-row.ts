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
  };
}

/** The same, with whether its previous lease was lost. */
export function toClaimedJob(row: Row): ClaimedJob {
  const wasLost = row['was_lost'];
  return { ...toLeasedJob(row), wasLost: wasLost === true || Number(wasLost) === 1 };
}
