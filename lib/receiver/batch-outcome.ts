import type { PayloadIssue } from '../event/payload-schema.js';
import type { AcceptResult } from '../inbox/incoming-event.js';

/** What became of the events of one request, in short. */
export interface BatchOutcome {
  /** What became of any of them, the most that was. */
  readonly status: AcceptResult['outcome'];
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Of those that were rejected. */
  readonly issues: readonly PayloadIssue[];
}

/** From the most to the least; a request without events has none that anybody wants. */
const STATUSES = ['accepted', 'rejected', 'ignored', 'duplicate'] as const;

/** @internal */
export function batchOutcome(results: readonly AcceptResult[]): BatchOutcome {
  const counts = { accepted: 0, rejected: 0, ignored: 0, duplicate: 0 };
  for (const { outcome } of results) counts[outcome]++;
  const { accepted, duplicate: duplicates, ignored, rejected } = counts;
  return {
    status: STATUSES.find((outcome) => counts[outcome] > 0) ?? 'ignored',
    accepted,
    duplicates,
    ignored,
    rejected,
    issues: results.flatMap((result) => (result.outcome === 'rejected' ? result.issues : [])),
  };
}
