import type { PayloadIssue } from '../event/payload-schema.js';
import type { AcceptResult } from '../inbox/incoming-event.js';

/** What became of the events of one request, in short. */
export interface RequestOutcome {
  /** The best that became of any of them. */
  readonly status: AcceptResult['outcome'];
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Of those that were rejected. */
  readonly issues: readonly PayloadIssue[];
}

/** @internal */
export function requestOutcome(results: readonly AcceptResult[]): RequestOutcome {
  const counts = { accepted: 0, rejected: 0, ignored: 0, duplicate: 0 };
  const issues: PayloadIssue[] = [];
  for (const result of results) {
    counts[result.outcome]++;
    if (result.outcome === 'rejected') issues.push(...result.issues);
  }
  const { accepted, duplicate: duplicates, ignored, rejected } = counts;
  return { status: statusOf(counts), accepted, duplicates, ignored, rejected, issues };
}

function statusOf(counts: Readonly<Record<AcceptResult['outcome'], number>>) {
  if (counts.accepted > 0) return 'accepted';
  if (counts.rejected > 0) return 'rejected';
  // A request without events has none that a handler wants.
  return counts.ignored > 0 || counts.duplicate === 0 ? 'ignored' : 'duplicate';
}
