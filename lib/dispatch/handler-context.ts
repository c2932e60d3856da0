import type { EntityManager } from 'typeorm';

/**
 * What a handler gets beside the event, as its second argument.
 *
 * @publicApi
 */
export interface HandlerContext {
  /**
   * Which attempt this is, counted from 1. One that asked to be tried later (`RetryLater`), was interrupted
   * by a stop, or may not have been what its process died of does not count: the next has its number.
   */
  readonly attempt: number;
  /** The attempt after which the job is discarded. */
  readonly maxAttempts: number;
  /** Id of the job; the same in every attempt, so it serves as an idempotency key for calls elsewhere. */
  readonly jobId: string;
  /**
   * Aborted when the attempt's time is over, its lease is lost, or the application has to stop.
   * Hand it on to what takes long, such as `fetch`.
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
