import type { Row } from '../../database/statement.js';
import type { PollProgress } from '../page.reader.js';

/** Proof that a process has leased a poller; worthless once another process has taken the poller over. */
export interface LeaseProof {
  readonly name: string;
  readonly leasedBy: string;
  readonly run: number;
}

/** Which process wants a lease, for how long, and for which tick. */
export interface LeaseRequest {
  readonly leasedBy: string;
  readonly leaseMs: number;
  /** The scheduled instant of a tick; `undefined` for a run by hand. */
  readonly scheduledAt?: number | undefined;
  /** Whether that is a tick of the schedule, or the end of a postponement. @default 'tick' */
  readonly reason?: 'tick' | 'postponed' | undefined;
}

/** How runs went since the last that did not fail. */
export interface PollPast {
  readonly failures: number;
  readonly postponements: number;
}

/** The answer to a {@link LeaseRequest}. */
export type LeaseAnswer =
  | {
      readonly outcome: 'taken';
      readonly proof: LeaseProof;
      readonly progress: PollProgress;
      /** How the runs before went. */
      readonly past: PollPast;
    }
  | LeaseRefusal
  /** It has no row: it was not registered. */
  | { readonly outcome: 'unknown' };

/** Why a poller cannot be taken. */
export type LeaseRefusal =
  | { readonly outcome: 'postponed'; readonly until: number }
  | { readonly outcome: 'busy' | 'paused' };

/** How much later than a tick another one may have been stored for it to count as run already. */
const MAX_TICK_LEAD_MS = 60_000;

/** The columns that {@link leaseRefusal} and {@link leaseAnswer} read. */
export const LEASE_COLUMNS: readonly string[] = [
  'run',
  'cursor',
  'look_back',
  'paused',
  'lease_until',
  'last_tick',
  'failures',
  'postponements',
  'not_before',
];

/**
 * Why a poller cannot be taken now; `undefined` where it can.
 *
 * @param row its row
 * @internal
 */
export function leaseRefusal(
  row: Row,
  { scheduledAt, reason }: LeaseRequest,
  now: number,
): LeaseRefusal | undefined {
  if (Number(row['paused']) === 1) return { outcome: 'paused' };
  if (isLeased(row, now) || isRunAlready(row, scheduledAt)) return { outcome: 'busy' };
  const notBefore = Number(row['not_before'] ?? 0);
  if (scheduledAt !== undefined && notBefore > now) {
    return { outcome: 'postponed', until: notBefore };
  }
  if (reason === 'postponed' && !isOwed(row, scheduledAt)) return { outcome: 'busy' };
  return undefined;
}

/**
 * What the process that has taken a poller needs to know.
 *
 * @internal
 */
export function leaseAnswer(row: Row, proof: LeaseProof): LeaseAnswer {
  return {
    outcome: 'taken',
    proof,
    past: {
      failures: Number(row['failures']),
      postponements: Number(row['postponements']),
    },
    progress: {
      cursor: row['cursor'] as string | null,
      lookBack: row['look_back'] as string | null,
    },
  };
}

function isLeased({ lease_until: leaseUntil }: Row, now: number): boolean {
  return leaseUntil !== null && Number(leaseUntil) > now;
}

/**
 * Whether this tick or a later one was run, by whichever process. A tick far ahead was stored by a clock
 * that went wrong; it must not stop the poller until then.
 */
function isRunAlready({ last_tick: lastTick }: Row, tick: number | undefined): boolean {
  if (tick === undefined || lastTick === null) return false;
  const lead = Number(lastTick) - tick;
  return lead >= 0 && lead <= MAX_TICK_LEAD_MS;
}

/** Whether nothing was run or answered since the postponement that ends then. */
function isOwed({ not_before: notBefore, last_tick: lastTick }: Row, until?: number): boolean {
  return notBefore !== null && Number(notBefore) === until && Number(lastTick ?? 0) < until;
}
