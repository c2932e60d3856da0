import type { PayloadSchema } from '../event/payload-schema.js';

/**
 * How the method of a timer is run.
 *
 * @publicApi
 */
export interface OnTimerOptions<Payload = unknown> {
  /**
   * What the payload must look like. A process that has the method refuses to set a timer that does not fit; the
   * method gets the schema's output. A stored payload that does not fit any more discards the job.
   * @default anything
   */
  readonly schema?: PayloadSchema<Payload>;
  /**
   * Runs the method in a transaction, given as `context.manager`, that commits together with the job's
   * completion: exactly once, whatever crashes. @default false
   */
  readonly transactional?: boolean;
  /** How long one attempt may take, in milliseconds. @default the queue's `timeoutMs` */
  readonly timeoutMs?: number;
  /** How often it is tried. @default the queue's `maxAttempts` */
  readonly maxAttempts?: number;
}
