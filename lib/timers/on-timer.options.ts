/**
 * How the method of a timer is run.
 *
 * @publicApi
 */
export interface OnTimerOptions {
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
