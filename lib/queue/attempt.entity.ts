import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { AdaptToDriver } from '../database/schema/adapt-to-driver.decorator.js';
import { epochMs } from '../database/schema/epoch-ms.transformer.js';
import type { AttemptVerdict } from './attempt.js';

/**
 * An attempt that did not complete its job, and the one that completed it after others. A job that completes at
 * once has none. It is deleted with its job.
 *
 * @publicApi
 */
@AdaptToDriver()
@Entity({ name: 'webhook_attempt' })
@Index('webhook_attempt_job', ['jobId', 'id'])
@Index('webhook_attempt_error', ['errorKey', 'id'], { where: 'error_key IS NOT NULL' })
export class AttemptEntity {
  /** A UUID of version 7: later attempts have greater ones. */
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  /** Which attempt of its job it is, from 1; a job that is retried by hand begins at 1 again. */
  @Column('integer')
  number!: number;

  /** The process that made it; `null` for one that died, whose name is not known any more. */
  @Column('varchar', { length: 255, nullable: true })
  process!: string | null;

  /** When it started, in milliseconds since the epoch; `null` if its process died. */
  @Column('bigint', { name: 'started_at', nullable: true, transformer: epochMs })
  startedAt!: number | null;

  /** When it ended, or was found to be lost, in milliseconds since the epoch. */
  @Column('bigint', { name: 'ended_at', transformer: epochMs })
  endedAt!: number;

  @Column('varchar', { length: 16 })
  verdict!: AttemptVerdict;

  /** What went wrong, in one line. */
  @Column('text', { nullable: true })
  error!: string | null;

  /** The same for errors with the same cause; `null` without an error. */
  @Column('varchar', { name: 'error_key', length: 64, nullable: true })
  errorKey!: string | null;
}
