import type { Steps } from '../../../../database/statement.js';
import type { ClaimedJob } from '../../../job.js';
import type { LaneDialect } from './lane.dialect.js';
import { andNotOf, openShares } from './question-marks.js';
import {
  QueueDialect,
  toOpenShare,
  type Claim,
  type OpenShare,
  type Taker,
  type UnsharedClaim,
} from './queue.dialect.js';

/** The condition of a line's jobs, and the values of its parameters. */
export interface Line {
  readonly which: string;
  readonly values: readonly (string | number)[];
}

/**
 * Claims line by line, for the databases whose parameters are question marks.
 *
 * @internal
 */
export abstract class QuestionMarkQueueDialect extends QueueDialect {
  /** Built once: a new text would need a new hash each time. */
  private readonly looking: string;

  /** @param table quoted name of the job table */
  constructor(
    protected readonly table: string,
    lanes: LaneDialect,
  ) {
    super(lanes);
    this.looking = openShares(table);
  }

  override *look(now: number): Steps<OpenShare[]> {
    return (yield { sql: this.looking, parameters: [now, now] }).map(toOpenShare);
  }

  override *claim({ shares, each, ...taker }: Claim): Steps<ClaimedJob[]> {
    const claimed: ClaimedJob[] = [];
    for (const share of shares) {
      claimed.push(...(yield* this.lease({ which: 'share = ?', values: [share] }, each, taker)));
    }
    return claimed;
  }

  override claimUnshared({ limit, except = [], ...taker }: UnsharedClaim): Steps<ClaimedJob[]> {
    const unshared = { which: `share IS NULL${andNotOf(except)}`, values: except };
    return this.lease(unshared, limit, taker);
  }

  /** Leases due jobs of one line, the oldest first. */
  protected abstract lease(line: Line, limit: number, taker: Taker): Steps<ClaimedJob[]>;
}
