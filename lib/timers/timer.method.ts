import type { PayloadSchema } from '../event/payload-schema.js';
import type { TimerContext } from './timer-context.js';

/**
 * An `@OnTimer` method of the host.
 *
 * @internal
 */
export interface TimerMethod {
  /** Unique; stored with its timers. */
  readonly name: string;
  readonly schema: PayloadSchema | undefined;
  readonly transactional: boolean;
  readonly timeoutMs: number | undefined;
  readonly maxAttempts: number | undefined;
  run(payload: unknown, context: TimerContext): Promise<unknown>;
}
