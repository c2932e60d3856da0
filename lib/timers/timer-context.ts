import type { EntityManager } from 'typeorm';
import type { HandlerContext } from '../dispatch/handler-context.js';

/**
 * What the method of a timer gets beside the payload, as its second argument.
 *
 * @publicApi
 */
export interface TimerContext extends HandlerContext {
  /** Name of the timer. */
  readonly name: string;
  /** Its key, as it is stored: a text; one that is too long for that, or has a U+0000, as its digest. */
  readonly key: string;
  /** When the timer was to run. */
  readonly runAt: Date;
}

/**
 * The second argument of a method with `@OnTimer(name, { transactional: true })`.
 *
 * @publicApi
 */
export interface TransactionalTimerContext extends TimerContext {
  readonly manager: EntityManager;
}
