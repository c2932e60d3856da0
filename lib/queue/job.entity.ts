import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { JobState } from './job.js';

/**
 * One durable unit of work, for TypeORM's schema and the host's own queries. The queue itself uses the
 * statements of its dialects.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_job' })
@Index('webhook_job_share', ['share', 'dueAt'], { where: 'share IS NOT NULL' })
@Index('webhook_job_due', ['dueAt'], { where: 'share IS NOT NULL' })
@Index('webhook_job_unshared', ['dueAt'], { where: 'share IS NULL AND due_at IS NOT NULL' })
@Index('webhook_job_rescue', ['rescueAt'], { where: 'rescue_at IS NOT NULL' })
@Index('webhook_job_ref', ['ref'])
@Index('webhook_job_discarded', ['state', 'finishedAt'], { where: "state = 'discarded'" })
export class JobEntity {
  @PrimaryColumn('uuid')
  id!: string;

  /** Kind of work: `handler`, `replay`, `firing`, `notification` or `timer`. */
  @Column('varchar', { length: 32 })
  kind!: string;

  /** Name of the handler, rule, channel or timer. */
  @Column('varchar', { length: 255 })
  name!: string;

  /** Key of the job's event, or id of its firing, notification or timer. */
  @Column('uuid')
  ref!: string;

  @Column('varchar', { length: 16 })
  state!: JobState;

  /**
   * When the job is due, or, while it runs, when its lease runs out, in milliseconds since the epoch. `null`
   * once it has ended, so that the index over it contains only open jobs.
   */
  @Column('bigint', { name: 'due_at', nullable: true, transformer: epochMs })
  dueAt!: number | null;

  /** How many attempts count: those that ended, and those in which the process died. */
  @Column('integer')
  attempt!: number;

  /** How many attempts the job has before it is discarded. */
  @Column('integer', { name: 'max_attempts' })
  maxAttempts!: number;

  /** The process that has leased the job; `null` if none has. */
  @Column('varchar', { name: 'leased_by', length: 255, nullable: true })
  leasedBy!: string | null;

  /** The error of the last failed attempt. */
  @Column('text', { name: 'last_error', nullable: true })
  lastError!: string | null;

  /** When the job was added, in milliseconds since the epoch. */
  @Column('bigint', { name: 'created_at', transformer: epochMs })
  createdAt!: number;

  /** When the job ended, in milliseconds since the epoch; `null` before. */
  @Column('bigint', { name: 'finished_at', nullable: true, transformer: epochMs })
  finishedAt!: number | null;

  /** Size of its event or notification in the database, in bytes. */
  @Column('integer', { default: 0 })
  bytes!: number;

  /** Fencing token: grows with every lease, so that a process with a stale lease cannot record an outcome. */
  @Column('integer', { default: 1 })
  lease!: number;

  /** How many leases ran out since the last attempt that ended. */
  @Column('integer', { name: 'lost_leases', default: 0 })
  lostLeases!: number;

  /**
   * When a suspect is due, in milliseconds since the epoch: a job whose lease ran out, which may have killed
   * its process. `null` for other jobs.
   */
  @Column('bigint', { name: 'rescue_at', nullable: true, transformer: epochMs })
  rescueAt!: number | null;

  /** Name of its lane: jobs of one lane run one at a time, in the order of their ids. `null` for none. */
  @Column('varchar', { length: 255, nullable: true })
  lane!: string | null;

  /** Whether it is the head of its lane: only that one runs. */
  @Column('boolean', { name: 'heads_lane', default: false })
  headsLane!: boolean;

  /** Whether its lane waits for it once it is discarded. */
  @Column('boolean', { name: 'holds_lane', default: false })
  holdsLane!: boolean;

  /**
   * In which line it stands: a number of its pool, source and tenant. `null` if it was leased when it was added,
   * as most jobs are, if it is a suspect, and once it has ended.
   */
  @Column('integer', { nullable: true })
  share!: number | null;
}
