import type { EntityManager } from 'typeorm';

/**
 * What a handler gets beside the event, as its second argument.
 *
 * @publicApi
 */
export interface HandlerContext {
  /**
   * Which attempt this is, counted from 1. An attempt does not count if it asked for a `RetryLater`, if a stop
   * interrupted it, or if its process may have died for another reason: the next one has its number.
   */
  readonly attempt: number;
  /** The attempt after which the job is discarded. */
  readonly maxAttempts: number;
  /** Id of the job; the same in every attempt, so it serves as an idempotency key for calls elsewhere. */
  readonly jobId: string;
  /**
   * Aborted when the attempt's time is over, its lease is lost, or the application stops.
   * Pass it to slow calls, such as `fetch`.
   */
  readonly signal: AbortSignal;
  /**
   * The handler's transaction, where it asked for one with `{ transactional: true }`: what is
   * written through it commits together with the job's completion, or not at all.
   */
  readonly manager: EntityManager | undefined;
}

/**
 * The second argument of a handler with `{ transactional: true }`.
 *
 * @publicApi
 */
export interface TransactionalHandlerContext extends HandlerContext {
  readonly manager: EntityManager;
}
