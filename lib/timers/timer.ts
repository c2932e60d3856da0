import type { EntityManager } from 'typeorm';
import type { Duration } from '../clock/duration.js';

interface AnyTimer<Payload> {
  /** The timer is replaced and cancelled by it. */
  readonly key: string | number;
  /**
   * What the method gets. It is stored as JSON until then: dates arrive as text, and what JSON cannot hold
   * (functions, streams, bytes) is refused. @default none: the method gets `undefined`
   */
  readonly payload?: Payload;
}

/** A timer that runs some time from now. */
interface TimerIn<Payload> extends AnyTimer<Payload> {
  /** How long from now it runs: milliseconds, or a text such as `'10m'`, `'3d'` or `'1h30m'`. At most 100 years. */
  readonly in: Duration;
  readonly at?: undefined;
}

/** A timer that runs at an instant. */
interface TimerAt<Payload> extends AnyTimer<Payload> {
  /** When it runs: a date, or milliseconds since the epoch. In the past: now. At most 100 years from now. */
  readonly at: Date | number;
  readonly in?: undefined;
}

/**
 * A timer to be set: `{ key, in: '3d', payload }`, or `{ key, at: date, payload }`.
 *
 * @publicApi
 */
export type NewTimer<Payload = unknown> = TimerIn<Payload> | TimerAt<Payload>;

/**
 * How a timer is set or cancelled.
 *
 * @publicApi
 */
export interface TimerOptions {
  /**
   * The open transaction to do it in: it takes effect if, and only if, that commits.
   * @default a transaction of its own
   */
  readonly manager?: EntityManager;
}

/**
 * What became of a request to set a timer.
 *
 * @publicApi
 */
export interface SetTimerResult {
  /** `replaced`: a timer with this name and key waited; it has the new time and payload now. */
  readonly status: 'set' | 'replaced';
  readonly id: string;
  /** When it runs. */
  readonly runAt: Date;
}
