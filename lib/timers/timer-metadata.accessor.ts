import { ConfigurationError } from '../errors/configuration.error.js';
import type { OnTimerOptions } from './on-timer.options.js';

const TIMER = Symbol('hookline:timer');

/** What `@OnTimer` says of a method. */
export interface TimerMetadata extends OnTimerOptions {
  readonly name: string;
}

/** @internal */
export function setTimerMetadata(
  target: object,
  methodName: string | symbol,
  method: unknown,
  metadata: TimerMetadata,
): void {
  if (typeof method !== 'function') return;
  if (Reflect.hasOwnMetadata(TIMER, method)) {
    throw ConfigurationError.because(
      '@OnTimer',
      `${target.constructor.name}.${String(methodName)} has two @OnTimer decorators.`,
      'Give each timer a method of its own.',
    );
  }
  Reflect.defineMetadata(TIMER, metadata, method);
}

/** @internal */
export function getTimerMetadata(method: object): TimerMetadata | undefined {
  return Reflect.getMetadata(TIMER, method) as TimerMetadata | undefined;
}
