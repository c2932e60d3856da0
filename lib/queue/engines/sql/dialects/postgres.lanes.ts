import { PostgresColumns } from '../../../../database/postgres/postgres-columns.js';
import type { Steps } from '../../../../database/statement.js';
import { WAITS_IN_LANE } from '../../../job.js';
import {
  LaneDialect,
  sharesOf,
  toInLane,
  toLockedLane,
  type Candidate,
  type InLane,
  type LockedLane,
  type Moved,
} from './lane.dialect.js';
import type { LaneTables } from './lane.tables.js';

const IN_LANE = new PostgresColumns<InLane>({
  lane: ['text', ({ lane }) => lane],
  id: ['uuid', ({ id }) => id],
});

const ID = IN_LANE.only('id');

const LANE = new PostgresColumns<string>({ lane: ['text', (lane) => lane] });

const MOVED = new PostgresColumns<Moved>({
  id: ['uuid', ({ id }) => id],
  lane: ['text', ({ lane }) => lane],
  holds_lane: ['boolean', ({ holdsLane }) => Number(holdsLane)],
});

const CANDIDATE = new PostgresColumns<Candidate>({
  id: ['uuid', ({ id }) => id],
  lane: ['text', ({ lane }) => lane],
  lease: ['integer', ({ lease }) => lease],
  share: ['integer', ({ share }) => share],
});

/**
 * One statement for each group of lanes. A lock has a statement of its own: what the next one reads is as it
 * is after the wait for the lock.
 *
 * @internal
 */
export class PostgresLaneDialect extends LaneDialect {
  private readonly entering: string;
  private readonly moving: string;
  private readonly taking: string;
  private readonly locking: string;
  private readonly looking: string;
  private readonly dropping: string;
  private readonly findingEnded: string;
  private readonly forgetting: string;
  private readonly holdingBack: string;
  private readonly handingOver: string;
  private readonly unwaiting: string;
  private readonly marking: string;

  constructor({ job, lane, waiting }: LaneTables) {
    super();
    this.entering = `INSERT INTO ${waiting} (lane, job_id) SELECT * FROM ${IN_LANE.rows('given')}
      ON CONFLICT DO NOTHING`;
    this.moving = `UPDATE ${job} AS job SET lane = given.lane, heads_lane = FALSE,
        holds_lane = given.holds_lane
      FROM ${MOVED.keys('given')} WHERE job.id = given.id`;
    this.taking = `INSERT INTO ${lane} AS lane (lane, head) SELECT * FROM ${IN_LANE.rows('given')}
      ON CONFLICT (lane) DO UPDATE SET lane = EXCLUDED.lane`;
    this.locking = `SELECT lane.lane FROM ${LANE.keys('given')}
      JOIN ${lane} AS lane ON lane.lane = given.lane
      ORDER BY lane.lane COLLATE "C" FOR UPDATE OF lane`;
    this.looking = `SELECT lane.lane, lane.head, (SELECT waiting.job_id FROM ${waiting} AS waiting
        JOIN ${job} AS job ON job.id = waiting.job_id AND job.finished_at IS NULL
        WHERE waiting.lane = lane.lane ORDER BY waiting.job_id LIMIT 1) AS first_waiting,
        (SELECT waiting.job_id FROM ${waiting} AS waiting
        WHERE waiting.lane = lane.lane ORDER BY waiting.job_id LIMIT 1) AS any_waiting
      FROM ${LANE.keys('given')} JOIN ${lane} AS lane ON lane.lane = given.lane`;
    this.dropping = `DELETE FROM ${lane} AS lane
        USING ${LANE.keys('given')} WHERE lane.lane = given.lane`;
    this.findingEnded = `SELECT waiting.lane, waiting.job_id FROM ${LANE.keys('given')}
      JOIN ${waiting} AS waiting ON waiting.lane = given.lane
      LEFT JOIN ${job} AS job ON job.id = waiting.job_id
      WHERE job.id IS NULL OR job.finished_at IS NOT NULL`;
    this.forgetting = `DELETE FROM ${waiting} AS waiting USING ${IN_LANE.keys('given')}
      JOIN ${job} AS job ON job.id = given.id
      WHERE waiting.lane = given.lane AND waiting.job_id = given.id AND job.finished_at IS NOT NULL`;
    this.holdingBack = `WITH held AS (UPDATE ${job} AS job
        SET state = 'available', due_at = ${WAITS_IN_LANE}, rescue_at = NULL, leased_by = NULL,
          heads_lane = FALSE, share = given.share
        FROM ${CANDIDATE.keys('given')} WHERE job.id = given.id AND job.lease = given.lease
          AND job.state IN ('available', 'running')
        RETURNING job.lane, job.id)
      INSERT INTO ${waiting} (lane, job_id) SELECT lane, id FROM held ON CONFLICT DO NOTHING`;
    this.handingOver = `WITH next AS (SELECT * FROM ${IN_LANE.keys('given')}),
      headed AS (UPDATE ${lane} AS lane SET head = next.id FROM next WHERE lane.lane = next.lane),
      gone AS (DELETE FROM ${waiting} AS waiting USING next
        WHERE waiting.lane = next.lane AND waiting.job_id = next.id)
      UPDATE ${job} AS job SET heads_lane = TRUE,
        due_at = CASE WHEN job.due_at = ${WAITS_IN_LANE} THEN $3 ELSE job.due_at END
      FROM next WHERE job.id = next.id RETURNING job.share`;
    this.unwaiting = `DELETE FROM ${waiting} AS waiting USING ${IN_LANE.keys('given')}
      WHERE waiting.lane = given.lane AND waiting.job_id = given.id`;
    this.marking = `UPDATE ${job} AS job SET heads_lane = TRUE
      FROM ${ID.keys('given')} WHERE job.id = given.id`;
  }

  override *enter(jobs: readonly InLane[]): Steps<void> {
    yield { sql: this.entering, parameters: IN_LANE.parameters(jobs) };
  }

  override *move(jobs: readonly Moved[]): Steps<void> {
    yield { sql: this.moving, parameters: MOVED.parameters(jobs) };
  }

  protected override *take(firsts: readonly InLane[]): Steps<void> {
    yield { sql: this.taking, parameters: IN_LANE.parameters(firsts) };
  }

  protected override *lock(lanes: readonly InLane[]): Steps<void> {
    yield { sql: this.locking, parameters: LANE.parameters(lanes.map(({ lane }) => lane)) };
  }

  protected override *look(lanes: readonly InLane[]): Steps<LockedLane[]> {
    const parameters = LANE.parameters(lanes.map(({ lane }) => lane));
    const rows = yield { sql: this.looking, parameters };
    return rows.map(toLockedLane);
  }

  protected override *dropRows(lanes: readonly string[]): Steps<void> {
    yield { sql: this.dropping, parameters: LANE.parameters(lanes) };
  }

  protected override *endedIn(lanes: readonly string[]): Steps<InLane[]> {
    const rows = yield { sql: this.findingEnded, parameters: LANE.parameters(lanes) };
    return rows.map(toInLane);
  }

  protected override *forget(jobs: readonly InLane[]): Steps<void> {
    yield { sql: this.forgetting, parameters: IN_LANE.parameters(jobs) };
  }

  protected override *holdBack(jobs: readonly Candidate[]): Steps<void> {
    yield { sql: this.holdingBack, parameters: CANDIDATE.parameters(jobs) };
  }

  protected override *handOver(next: readonly InLane[], now: number): Steps<number[]> {
    const parameters = [...IN_LANE.parameters(next), now];
    return sharesOf(yield { sql: this.handingOver, parameters });
  }

  protected override *stopWaiting(jobs: readonly InLane[]): Steps<void> {
    yield { sql: this.unwaiting, parameters: IN_LANE.parameters(jobs) };
  }

  protected override *mark(heads: readonly InLane[]): Steps<void> {
    yield { sql: this.marking, parameters: ID.parameters(heads) };
  }
}
