import type { PayloadIssue } from '../event/payload-schema.js';
import type { AcceptResult } from '../inbox/incoming-event.js';

/** The outcomes of the events of one request, counted. */
export interface RequestOutcome {
  /** The best outcome of any event. */
  readonly status: AcceptResult['outcome'];
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** The issues of all rejected events. */
  readonly issues: readonly PayloadIssue[];
}

/**
 * Counts the outcomes of the events of one request.
 *
 * @internal
 */
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
  // A request without events has no event that a handler wants.
  return counts.ignored > 0 || counts.duplicate === 0 ? 'ignored' : 'duplicate';
}
